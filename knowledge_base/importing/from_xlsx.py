"""xlsx: every visible sheet's cells as text. A formula is its own text and is never worked out; links are not followed."""

from __future__ import annotations

import io
from datetime import date, datetime

from openpyxl import load_workbook

from knowledge_base.importing.limits import Limits
from knowledge_base.importing.packages import check_office_package
from knowledge_base.importing.parts import ImportProblem, Parsed, Row, Sheet, tidy


def read(name: str, data: bytes, limits: Limits) -> Parsed:
    """The sheets that have rows."""
    check_office_package(data, limits)
    book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
    sheets = []
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            continue
        sheet.reset_dimensions()  # what a file says about its size need not be so
        rows: list[Row] = []
        given = sheet.iter_rows(max_row=limits.rows + 2, max_col=limits.columns, values_only=True)
        for number, values in enumerate(given, start=1):
            cells = tuple(_text(value) for value in values)
            while cells and not cells[-1]:
                cells = cells[:-1]
            if cells:
                if number > limits.rows + 1:
                    raise ImportProblem(f"工作表“{sheet.title}”超过 {limits.rows} 行，请拆成几个文件")
                rows.append(Row(number, cells))
        if rows:
            sheets.append(Sheet(str(sheet.title), tuple(rows)))
    book.close()
    return Parsed(name, sheets=tuple(sheets))


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return tidy(str(value))
