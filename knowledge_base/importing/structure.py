"""Policy text cut by its own structure: 编, 章, 节, 条; long articles between paragraphs, never inside a sentence.

Every character of the text comes back once, in the headings or the text of one passage.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from knowledge_base.importing.parts import Block
from knowledge_base.importing.structure_marks import (
    SENTENCE_ENDS,
    article_of,
    heading_level,
    item_level,
)

PREAMBLE = "前言"
_SENTENCE = re.compile(rf"[^{SENTENCE_ENDS}]*[{SENTENCE_ENDS}]+[”’）」』]*|[^{SENTENCE_ENDS}]+\Z")


@dataclass(frozen=True)
class Passage:
    """A piece that can answer a question by itself.

    ``path``: the headings above it; ``label``: 第十二条, 前言, or nothing; ``headings``: those that begin with this passage.
    """

    path: tuple[str, ...]
    label: str
    text: str
    headings: tuple[str, ...] = ()


@dataclass
class _Open:
    """The passage that is being gathered, and the headings that stand over what comes next."""

    label: str = ""
    lines: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    path: list[tuple[int, str]] = field(default_factory=list)
    begun: list[str] = field(default_factory=list)
    over: tuple[str, ...] = ()

    def begin(self, label: str) -> None:
        self.label, self.over = label, tuple(text for _, text in self.path)
        self.begun, self.waiting = self.waiting, []

    def put_heading(self, level: int, text: str) -> None:
        self.path = [one for one in self.path if one[0] < level] + [(level, text)]
        self.waiting.append(text)


def cut(blocks: Sequence[Block], longest: int) -> list[Passage]:
    """The passages of a document; ``longest`` in characters, exceeded only by a single sentence."""
    has_articles = any(article_of(block.text) for block in blocks)
    passages: list[Passage] = []
    now = _Open(label=PREAMBLE if has_articles else "")
    for block in (block for block in blocks if block.text.strip()):
        level = heading_level(block.text) or (0 if has_articles else _level(block))
        article = "" if level else article_of(block.text)
        if level or article:
            passages.extend(_close(now, longest))
        if level:
            now.put_heading(level, block.text)
            continue
        if article or not now.lines:
            now.begin(article or now.label)
        now.lines.append(block.text)
    passages.extend(_close(now, longest))
    if now.waiting:  # headings with nothing below them
        passages.append(Passage(tuple(text for _, text in now.path[:-1]), "", "\n".join(now.waiting)))
    return passages


def _level(block: Block) -> int:
    return block.level or item_level(block.text)


def _close(now: _Open, longest: int) -> Iterator[Passage]:
    for index, text in enumerate(_pieces(now.lines, longest)):
        label = now.label if index == 0 else f"{now.label}（第{index + 1}段）"
        yield Passage(now.over, label, text, tuple(now.begun) if index == 0 else ())
    now.lines, now.label, now.begun = [], "", []


def _pieces(lines: Sequence[str], longest: int) -> Iterator[str]:
    """The lines packed into pieces of at most ``longest`` characters."""
    gathered = ""
    for line in lines:
        for index, part in enumerate([line] if len(line) <= longest else _SENTENCE.findall(line)):
            joint = "\n" if index == 0 and gathered else ""
            if gathered and len(gathered) + len(joint) + len(part) > longest:
                yield gathered
                gathered, joint = "", ""
            gathered += joint + part
    if gathered:
        yield gathered
