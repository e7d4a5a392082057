"""pdf: the text of each page; lines are joined to paragraphs again, page numbers fall away. Scans have no text."""

from __future__ import annotations

import io
import re

from pypdf import PdfReader

from knowledge_base.importing.limits import Limits
from knowledge_base.importing.parts import Block, ImportProblem, Parsed, tidy
from knowledge_base.importing.progress import steps
from knowledge_base.importing.structure_marks import begins_part

PAGE_NUMBER = re.compile(r"[-—–－\s]{0,20}(?:第\s{0,9})?\d{1,4}(?:\s{0,9}页)?[-—–－\s]{0,20}")
ENDS = "。；：！？.;:!?”）"
# A line much shorter than the page is wide ends its paragraph.
SHORT = 0.75


def read(name: str, data: bytes, limits: Limits) -> Parsed:
    """The document's paragraphs; raises ImportProblem for a locked or scanned file."""
    reader = PdfReader(io.BytesIO(data), strict=False)
    if reader.is_encrypted and not reader.decrypt(""):
        raise ImportProblem("文件设了密码，请去掉密码再导入")
    if len(reader.pages) > limits.pages:
        raise ImportProblem(f"PDF 最多 {limits.pages} 页，请拆成几个文件")
    lines: list[str] = []
    characters = 0
    for page in steps(reader.pages):
        given = [tidy(line) for line in page.extract_text().splitlines()]
        lines.extend(line for line in given if line and not PAGE_NUMBER.fullmatch(line))
        characters += sum(map(len, given))
        if characters > limits.characters:
            raise ImportProblem(f"文件的文字超过 {limits.characters} 字，请拆成几个文件")
    if not lines:
        raise ImportProblem("PDF 里没有文字，像是扫描件；请先识别成文字再导入")
    return Parsed(name, blocks=tuple(Block(text) for text in join_lines(lines)))


def join_lines(lines: list[str]) -> list[str]:
    """Paragraphs of lines that a page was too narrow for.

    >>> join_lines(["第一条 为了规范居住证管理，根据国家", "有关规定，制定本办法。", "第二条 本市适用。"])
    ['第一条 为了规范居住证管理，根据国家有关规定，制定本办法。', '第二条 本市适用。']
    """
    width = sorted(map(len, lines))[int(len(lines) * 0.9)] if lines else 0
    paragraphs: list[str] = []
    full = False
    for line in lines:
        if full and not begins_part(line):
            paragraphs[-1] += line
        else:
            paragraphs.append(line)
        full = len(line) >= width * SHORT and line[-1] not in ENDS
    return paragraphs
