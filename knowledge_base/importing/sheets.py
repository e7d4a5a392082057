"""Sheets of questions and answers: the header recognised by its words, each row an entry, or problems by line."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from knowledge_base.content_schema import load_yaml
from knowledge_base.entry_form import EntryForm
from knowledge_base.importing.parts import ImportProblem, Row, Sheet
from knowledge_base.importing.staging import Problem, StagedEntry
from knowledge_base.lifecycle import InvalidEntry

COLUMNS_FILE = Path(__file__).parent / "import_columns.yml"
_BETWEEN = re.compile(r"[\n；;|｜]")
_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
# What a header has behind its name, or around it: 标准问（必填）, 1. 标准问.
_BESIDE_NAME = re.compile(r"[\s*＊（(].*$|[\s\d_:：]+")
ENTRY_ID = re.compile(r"[a-z_]{2,40}\.[a-z0-9_]{1,39}")
TITLE_CHARACTERS, QUESTION_CHARACTERS, ANSWER_CHARACTERS = 80, 200, 5000


class _Wrong(Exception):
    """A cell that cannot be taken."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column = column


@lru_cache(maxsize=1)
def _columns() -> dict[str, Any]:
    data: dict[str, Any] = load_yaml(COLUMNS_FILE)
    return data


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    return {_plain(name): field for field, names in _columns()["fields"].items() for name in names}


def _plain(header: str) -> str:
    return _BESIDE_NAME.sub("", header.strip()).lower()


def read_sheet(sheet: Sheet, topics: Mapping[str, str], topic: str) -> tuple[list[StagedEntry], list[Problem]]:
    """Entries and problems of a sheet. ``topic`` is that of rows that name none; raises ImportProblem without a header."""
    header, rows = _header(sheet)
    entries: list[StagedEntry] = []
    problems: list[Problem] = []
    for row in rows:
        place = f"{sheet.name} 第 {row.number} 行".strip()
        cells = _cells(header, row)
        try:
            entries.append(_entry(place, cells, topics, topic))
        except _Wrong as wrong:
            problems.append(Problem(place=place, column=header_of(wrong.column), reason=str(wrong)))
    return entries, problems


def header_of(field: str) -> str:
    """What the column of a field is called first of all."""
    names: dict[str, list[str]] = _columns()["fields"]
    return names[field][0] if field in names else field


def _header(sheet: Sheet) -> tuple[list[str], Sequence[Row]]:
    for index, row in enumerate(sheet.rows[: _columns()["header_rows"]]):
        fields = [_names().get(_plain(cell), "") for cell in row.cells]
        if all(field in fields for field in _columns()["required"]):
            return fields, sheet.rows[index + 1 :]
    needed = "、".join(f"“{header_of(field)}”" for field in _columns()["required"])
    where = f"工作表“{sheet.name}”" if sheet.name else "表格"
    raise ImportProblem(f"{where}里没有找到表头：至少要有 {needed} 两列")


def _cells(header: Sequence[str], row: Row) -> dict[str, list[str]]:
    cells: dict[str, list[str]] = {}
    for field, text in zip(header, row.cells, strict=False):
        if field and text:
            cells.setdefault(field, []).append(text)
    return cells


def _first(cells: Mapping[str, list[str]], field: str) -> str:
    return " ".join(cells.get(field, [""])[0].split())


def _many(cells: Mapping[str, list[str]], field: str) -> list[str]:
    texts = (part.strip() for text in cells.get(field, []) for part in _BETWEEN.split(text))
    return list(dict.fromkeys(text for text in texts if text))


def _entry(place: str, cells: Mapping[str, list[str]], topics: Mapping[str, str], topic: str) -> StagedEntry:
    given_id = _first(cells, "id")
    if given_id and not ENTRY_ID.fullmatch(given_id):
        raise _Wrong("id", f"“{given_id[:40]}”不是条目编号；不知道编号就空着")
    fields = {"legal_basis" if field == "basis" else field for field in cells} & set(EntryForm.model_fields)
    return StagedEntry(place=place, given_id=given_id, given=sorted(fields), form=_form(cells, topics, topic))


def _form(cells: Mapping[str, list[str]], topics: Mapping[str, str], topic: str) -> EntryForm:
    question = _text(cells, "question", QUESTION_CHARACTERS)
    answer = cells["answer"][0].strip() if "answer" in cells else ""
    _check_text("answer", answer, ANSWER_CHARACTERS)
    title = _first(cells, "title") or question.rstrip("？?。！!")[:TITLE_CHARACTERS]
    _check_text("title", title, TITLE_CHARACTERS)
    effective, expires = _date(cells, "effective"), _date(cells, "expires")
    if effective and expires and expires <= effective:
        raise _Wrong("expires", "失效日期应晚于生效日期")
    data = {
        "topic": _topic(_first(cells, "topic"), topics, topic),
        "title": title,
        "question": question,
        "similar": [text for text in _many(cells, "similar") if text != question],
        "aliases": _many(cells, "aliases"),
        "answer": answer,
        "legal_basis": _basis(cells),
        "effective": effective,
        "expires": expires,
    }
    try:
        return EntryForm.parse(data)
    except InvalidEntry as error:
        raise _Wrong("", str(error)) from error


def _text(cells: Mapping[str, list[str]], field: str, longest: int) -> str:
    text = _first(cells, field)
    _check_text(field, text, longest)
    return text


def _check_text(field: str, text: str, longest: int) -> None:
    if not text:
        raise _Wrong(field, "没有填写")
    if len(text) < 2:
        raise _Wrong(field, "太短，至少两个字")
    if len(text) > longest:
        raise _Wrong(field, f"有 {len(text)} 字，最多 {longest} 字")


def _topic(given: str, topics: Mapping[str, str], otherwise: str) -> str:
    if not given:
        return otherwise
    found = next((key for key, label in topics.items() if given in (key, label)), None)
    if found is None:
        raise _Wrong("topic", f"没有“{given}”这个主题，可以填：{'、'.join(topics.values())}")
    return found


def _date(cells: Mapping[str, list[str]], field: str) -> date | None:
    text = _first(cells, field)
    if not text:
        return None
    found = _DAY.fullmatch(text)
    try:
        if found:
            return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        pass
    raise _Wrong(field, f"“{text[:20]}”不是日期，请写成 2026-01-01 这样")


def _basis(cells: Mapping[str, list[str]]) -> list[dict[str, str]]:
    title = _first(cells, "basis").strip("《》")
    if not title:
        return []
    issuer = _first(cells, "issuer")
    if len(issuer) < 2:
        raise _Wrong("issuer", "写了依据，还要写发布机关")
    return [{"title": title, "issuer": issuer, "number": _first(cells, "number"), "article": _first(cells, "article")}]
