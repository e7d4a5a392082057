"""docx: paragraphs with their headings, tables one paragraph a row; what was deleted with tracked changes stays out."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

from docx import Document
from docx.oxml.ns import qn

from knowledge_base.importing.limits import Limits
from knowledge_base.importing.packages import check_office_package
from knowledge_base.importing.parts import Block, Parsed, tidy

HEADING = re.compile(r"(?:heading|标题)\s*([1-9])", re.IGNORECASE)
TITLES = {"title", "标题", "文档标题"}
BREAKS = {qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:tab"): "\t", qn("w:noBreakHyphen"): "-"}
# A text box is written twice, the second time for old programs.
SECOND_COPY = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"


def read(name: str, data: bytes, limits: Limits) -> Parsed:
    """The document's headings and paragraphs, in their order."""
    check_office_package(data, limits)
    document = Document(io.BytesIO(data))
    levels = {style.style_id: level for style in document.styles if (level := _level(style.name or ""))}
    return Parsed(name, blocks=tuple(block for block in _blocks(document.element.body, levels) if block.text))


def _level(style: str) -> int:
    if style.strip().lower() in TITLES:
        return 1
    found = HEADING.match(style.strip())
    return int(found[1]) if found else 0


def _blocks(parent: Any, levels: dict[str, int]) -> Iterator[Block]:
    for child in parent.iterchildren():
        if child.tag == qn("w:p"):
            style = child.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
            level = levels.get(style.get(qn("w:val")), 0) if style is not None else 0
            yield from (Block(tidy(line), level) for line in _words(child).split("\n"))
        elif child.tag == qn("w:tbl"):
            for row in child.iter(qn("w:tr")):
                cells = [" ".join(_words(one) for one in cell.iter(qn("w:p"))) for cell in row.iterchildren(qn("w:tc"))]
                yield Block(tidy(" | ".join(" ".join(cell.split()) for cell in cells)))
        elif child.tag in {qn("w:sdt"), qn("w:sdtContent"), qn("w:ins"), qn("w:customXml")}:
            yield from _blocks(child, levels)


def _words(paragraph: Any) -> str:
    parts: list[str] = []
    waiting = [paragraph]
    while waiting:  # not recursive: a file may nest as deep as it likes
        element = waiting.pop()
        if element.tag == qn("w:t"):
            parts.append(element.text or "")
        elif element.tag in BREAKS:
            parts.append(BREAKS[element.tag])
        elif element.tag not in {SECOND_COPY, qn("w:pPr")}:
            waiting.extend(reversed(element))
    return "".join(parts)
