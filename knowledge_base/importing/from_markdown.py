"""markdown: headings and paragraphs; marks of emphasis and links fall away, tables become one paragraph a row."""

from __future__ import annotations

from markdown_it import MarkdownIt
from markdown_it.token import Token

from knowledge_base.importing.limits import Limits
from knowledge_base.importing.parts import Block, Parsed, tidy
from knowledge_base.importing.plain import decode

LITERAL = {"fence", "code_block", "html_block"}


def read(name: str, data: bytes, limits: Limits) -> Parsed:
    """The document's headings and paragraphs."""
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    blocks: list[Block] = []
    cells: list[str] = []
    level, in_row = 0, False
    for token in parser.parse(decode(data, limits)):
        if token.type == "heading_open":
            level = int(token.tag[1:])
        elif token.type == "heading_close":
            level = 0
        elif token.type == "tr_open":
            cells, in_row = [], True
        elif token.type == "tr_close":
            blocks.append(Block(tidy(" | ".join(cells))))
            in_row = False
        elif token.type == "inline":
            if in_row:
                cells.append(_words(token))
            else:
                blocks.extend(Block(tidy(line), level) for line in _words(token).split("\n"))
        elif token.type in LITERAL:
            blocks.extend(Block(tidy(line)) for line in token.content.split("\n"))
    return Parsed(name, blocks=tuple(block for block in blocks if block.text))


def _words(token: Token) -> str:
    parts = []
    for child in token.children or []:
        if child.type in {"softbreak", "hardbreak"}:
            parts.append("\n")
        elif child.type in {"text", "code_inline", "html_inline", "image"}:
            parts.append(child.content)
    return "".join(parts)
