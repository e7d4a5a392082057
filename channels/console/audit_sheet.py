"""Records of the audit log as a CSV file that spreadsheets open without running anything in it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

import yaml

from actions.tickets.legal_clock import BEIJING
from bot.security.models import AuditRecord

HEAD = ["时间", "谁", "做了什么", "对象", "说明"]
# What makes a spreadsheet read a cell as a formula; the wide forms are read like the narrow ones in some.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@lru_cache(maxsize=1)
def deed_names() -> dict[str, str]:
    """Deed → what it is called; see ``deed_names.yml``."""
    names: dict[str, str] = yaml.safe_load((Path(__file__).parent / "deed_names.yml").read_text(encoding="utf-8"))
    return names


def audit_sheet(records: Iterable[AuditRecord], names: Mapping[str, str]) -> bytes:
    """UTF-8 with the mark by which Excel knows it; times in the city's time."""
    text = io.StringIO()
    sheet = csv.writer(text)
    sheet.writerow(HEAD)
    for one in records:
        at = f"{one.at.astimezone(BEIJING):%Y-%m-%d %H:%M:%S}"
        cells = (one.actor, names.get(one.action, one.action), one.object, one.detail)
        sheet.writerow([at, *(harmless(cell) for cell in cells)])
    return text.getvalue().encode("utf-8-sig")


def harmless(cell: str) -> str:
    """The text, with an apostrophe before it if a spreadsheet would take it for a formula.

    >>> harmless("=1+1"), harmless("张敏")
    ("'=1+1", '张敏')
    """
    return f"'{cell}" if cell.lstrip(" \u3000\u00a0").startswith(FORMULA_STARTS) else cell
