"""Any file as blocks or sheets: the importer by the file's ending, and only ImportProblem when something is wrong."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import PurePath

from knowledge_base.importing import (
    from_csv,
    from_docx,
    from_html,
    from_markdown,
    from_pdf,
    from_txt,
    from_xlsx,
    from_zip,
)
from knowledge_base.importing.limits import Limits, size_text
from knowledge_base.importing.parts import TOO_MUCH, ImportProblem, Parsed

logger = logging.getLogger(__name__)
Reader = Callable[[str, bytes, Limits], Parsed]

READERS: dict[str, Reader] = {
    ".docx": from_docx.read,
    ".pdf": from_pdf.read,
    ".xlsx": from_xlsx.read,
    ".csv": from_csv.read,
    ".html": from_html.read,
    ".htm": from_html.read,
    ".md": from_markdown.read,
    ".txt": from_txt.read,
}
ENDINGS = (*READERS, ".zip")
INSTEAD = {
    ".doc": "docx",
    ".docm": "docx（不含宏）",
    ".dotx": "docx",
    ".wps": "docx",
    ".ofd": "pdf",
    ".xls": "xlsx",
    ".xlsm": "xlsx（不含宏）",
    ".xlsb": "xlsx",
    ".et": "xlsx",
    ".rar": "zip",
    ".7z": "zip",
}


def read(name: str, data: bytes, limits: Limits) -> list[Parsed]:
    """What is in the file; raises ImportProblem, whatever it is that is wrong with it."""
    if len(data) > limits.file_bytes:
        raise ImportProblem(f"文件超过 {size_text(limits.file_bytes)}，请拆成几个文件")
    if not data:
        raise ImportProblem("文件是空的")
    if _ending(name) == ".zip":
        return from_zip.read(data, limits, lambda inner, content: _read_one(inner, content, limits))
    return [_read_one(name, data, limits)]


def _ending(name: str) -> str:
    return PurePath(name).suffix.lower()


def _read_one(name: str, data: bytes, limits: Limits) -> Parsed:
    ending = _ending(name)
    if ending in INSTEAD:
        raise ImportProblem(f"不支持 {ending[1:]} 文件，请另存为 {INSTEAD[ending]} 再导入")
    if ending not in READERS:
        raise ImportProblem(f"不支持这种文件，可以导入 {'、'.join(one[1:] for one in ENDINGS)}")
    try:
        parsed = READERS[ending](name, data, limits)
    except ImportProblem:
        raise
    except MemoryError as error:
        raise ImportProblem(TOO_MUCH) from error
    except Exception as error:  # whatever a library raises on a broken file
        logger.info("an imported file could not be read", exc_info=True)
        raise ImportProblem("文件打不开，可能已经损坏；请重新保存后再导入") from error
    if sum(len(block.text) for block in parsed.blocks) > limits.characters:
        raise ImportProblem(f"文件的文字超过 {limits.characters} 字，请拆成几个文件")
    if not parsed.blocks and not any(sheet.rows for sheet in parsed.sheets):
        raise ImportProblem("文件里没有文字")
    return parsed
