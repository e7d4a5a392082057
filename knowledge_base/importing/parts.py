"""What every importer gives: a document as blocks of text, or sheets as rows of cells."""

from __future__ import annotations

from dataclasses import dataclass, field

from knowledge_base.lifecycle import KnowledgeError


class ImportProblem(KnowledgeError):
    """The file cannot be imported; the message says why, in Chinese."""


TOO_MUCH = "文件太复杂，读不完；请拆成几个文件，或者另存为 docx、xlsx 再导入"


@dataclass(frozen=True)
class Block:
    """One paragraph. ``level`` is that of a heading (1 is the highest); 0 is text."""

    text: str
    level: int = 0


@dataclass(frozen=True)
class Row:
    """One row of a sheet; ``number`` is its line as the curator's program shows it, from 1."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Sheet:
    """A table of questions and answers; ``name`` is empty where the file has but one."""

    name: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Parsed:
    """One file as read: blocks of a document, or sheets."""

    name: str
    blocks: tuple[Block, ...] = ()
    sheets: tuple[Sheet, ...] = field(default=())


def tidy(text: str) -> str:
    """Text without control characters, and without spaces at its ends; line breaks stay."""
    kept = "".join(
        c for c in text.replace("\r\n", "\n").replace("\r", "\n") if c in "\n\t" or c.isprintable() or c == "\u3000"
    )
    return kept.strip()
