"""A bulk test as a CSV file that spreadsheets open without running anything in it."""

from __future__ import annotations

import csv
import io

from channels.console.audit_sheet import harmless
from channels.console.hit_list import BANDS
from channels.console.hit_test_words import verdict, words
from knowledge_base.hit_testing.bulk import RANKS, BulkReport, BulkRow


def bulk_sheet(report: BulkReport) -> bytes:
    """UTF-8 with the mark by which Excel knows it; probabilities are numbers from 0 to 1."""
    text = io.StringIO()
    sheet = csv.writer(text)
    hits = [name.format(rank=rank) for rank in range(1, RANKS[-1] + 1) for name in words()["sheet_hit"]]
    sheet.writerow([*words()["sheet"], *hits])
    for row in report.rows:
        sheet.writerow([harmless(cell) for cell in _cells(row)])
    return text.getvalue().encode("utf-8-sig")


def _cells(row: BulkRow) -> list[str]:
    said = words()["verdicts"][verdict(row)]
    cells = [row.place, row.question, row.expected, said, str(row.rank or ""), f"助手{BANDS[row.band][0]}"]
    for hit in row.hits:
        cells += [hit.title, hit.entry_id, f"{hit.probability:.4f}"]
    return cells
