"""csv: one sheet; commas, semicolons or tabs, in UTF-8 or GB 18030."""

from __future__ import annotations

import csv
import io

from knowledge_base.importing.limits import Limits
from knowledge_base.importing.parts import ImportProblem, Parsed, Row, Sheet, tidy
from knowledge_base.importing.plain import decode

DELIMITERS = ",\t;，"


def read(name: str, data: bytes, limits: Limits) -> Parsed:
    """The file's rows; empty ones are left out, their line numbers are not given to others."""
    text = decode(data, limits)
    head = text.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(DELIMITERS, key=head.count))
    rows: list[Row] = []
    start = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append(Row(start, tuple(tidy(cell) for cell in cells[: limits.columns])))
            if len(rows) > limits.rows + 1:
                raise ImportProblem(f"一张表最多 {limits.rows} 行，请拆成几个文件")
            start = reader.line_num + 1
    except csv.Error as error:
        raise ImportProblem(f"第 {start} 行读不出来：引号没有配对，或者一个格子太长") from error
    return Parsed(name, sheets=(Sheet("", tuple(rows)),))
