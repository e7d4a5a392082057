"""A file of questions: xlsx and csv with a column of questions and perhaps one of expected entries, txt with one a line."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePath
from typing import Any

from knowledge_base.content_schema import load_yaml
from knowledge_base.importing.limits import Limits
from knowledge_base.importing.parts import ImportProblem, Parsed, Row, Sheet
from knowledge_base.importing.reading_process import read_apart

COLUMNS_FILE = Path(__file__).parent / "columns.yml"
ENDINGS = (".xlsx", ".csv", ".txt")
Read = Callable[[str, bytes, Limits], list[Parsed]]
_BESIDE_NAME = re.compile(r"[\s:：*＊]+")


@dataclass(frozen=True)
class AskedQuestion:
    """A question of a file: where it stands, and the id or title of the entry that should answer (empty: not said)."""

    place: str
    question: str
    expected: str = ""


@dataclass(frozen=True)
class QuestionFile:
    """The questions of a file, the places of those that are too long, and whether it says which entries should answer."""

    questions: tuple[AskedQuestion, ...]
    left_out: tuple[str, ...] = ()


@lru_cache(maxsize=1)
def _columns() -> dict[str, Any]:
    data: dict[str, Any] = load_yaml(COLUMNS_FILE)
    return data


def longest_question() -> int:
    """How many characters a question may have."""
    return int(_columns()["longest_question"])


def read_questions(name: str, data: bytes, limits: Limits, read: Read = read_apart) -> QuestionFile:
    """The questions of a file; raises ImportProblem, in Chinese, where it cannot be read or has none, or too many."""
    if PurePath(name).suffix.lower() not in ENDINGS:
        raise ImportProblem(f"批量测试可以用 {'、'.join(ending[1:] for ending in ENDINGS)} 文件")
    found: list[AskedQuestion] = []
    for parsed in read(name, data, limits.model_copy(update={"file_bytes": limits.text_bytes})):
        found += (AskedQuestion(f"第 {at} 行", block.text) for at, block in enumerate(parsed.blocks, start=1))
        for sheet in parsed.sheets:
            found += _of_sheet(sheet, several=len(parsed.sheets) > 1)
    if not found:
        raise ImportProblem("文件里没有问题")
    if len(found) > limits.rows:
        raise ImportProblem(f"一次最多测试 {limits.rows} 个问题，这个文件有 {len(found)} 个，请拆成几个文件")
    longest = longest_question()
    asked = tuple(one for one in found if len(one.question) <= longest)
    return QuestionFile(asked, tuple(one.place for one in found if len(one.question) > longest))


def _of_sheet(sheet: Sheet, *, several: bool) -> list[AskedQuestion]:
    question, expected, rows = _header(sheet)
    before = f"{sheet.name} " if several else ""
    return [
        AskedQuestion(f"{before}第 {row.number} 行", text, _cell(row, expected))
        for row in rows
        if (text := _cell(row, question))
    ]


def _header(sheet: Sheet) -> tuple[int, int, Sequence[Row]]:
    """Places of both columns (-1: there is none) and the rows below the header."""
    names = _columns()
    for index, row in enumerate(sheet.rows[: names["header_rows"]]):
        cells = [_plain(cell) for cell in row.cells]
        found = _first(cells, names["question"])
        if found >= 0:
            return found, _first(cells, names["expected"]), sheet.rows[index + 1 :]
    if all(len([cell for cell in row.cells if cell]) <= 1 for row in sheet.rows):
        return 0, -1, sheet.rows
    raise ImportProblem(f"表格里没有找到表头：要有“{names['question'][0]}”一列，也可以有“{names['expected'][0]}”一列")


def _first(cells: Sequence[str], names: Sequence[str]) -> int:
    """The column with the first of the ``names`` that there is."""
    return next((cells.index(name) for name in map(_plain, names) if name in cells), -1)


def _cell(row: Row, column: int) -> str:
    return " ".join(row.cells[column].split()) if 0 <= column < len(row.cells) else ""


def _plain(header: str) -> str:
    return _BESIDE_NAME.sub("", header).lower()
