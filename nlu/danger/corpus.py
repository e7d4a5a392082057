"""What people in danger wrote, and what calm people wrote with the same words: each row with the pen it is from.

A file has a row a line: pen, level, kind and text, with tabs between. ``held_out/`` has the pens that are never trained on.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import cast, get_args

from nlu.danger.judge import NO_DANGER, Level

FOLDER = Path(__file__).parent / "corpus"


@dataclass(frozen=True)
class Row:
    """``kind`` of a row without danger: the one whose words it shares, or ``plain``."""

    pen: str
    level: Level
    kind: str
    text: str


def files(held_out: bool = False, folder: Path = FOLDER) -> list[Path]:
    """The corpus's files; ``held_out``: those that are never trained on."""
    return sorted((folder / "held_out" if held_out else folder).glob("*.tsv"))


def read(paths: Iterable[Path]) -> list[Row]:
    """All rows in order; raises ValueError with the place of a row that is none."""
    rows = []
    for path in paths:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            cells = line.split("\t")
            if len(cells) != 4 or cells[1] not in (*get_args(Level),) or not cells[3].strip():
                raise ValueError(f"{path.name}:{number}: pen, level, kind and text are needed, with tabs between")
            rows.append(Row(cells[0], cast(Level, cells[1]), cells[2], cells[3]))
    return rows


def is_danger(row: Row) -> bool:
    """Whether somebody is in danger, or may be."""
    return row.level != NO_DANGER
