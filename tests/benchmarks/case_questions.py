"""Questions of people in cases of their own, by pens whom nothing was trained or tuned on, or for fitting, of the other pens.

``cases/``, a file a pen: the entry that is right, the question in the entry's details that the same detail answers (empty where
the entry says it elsewhere), and the message.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).with_name("cases")


@dataclass(frozen=True)
class CaseQuestion:
    """``detail``: what was asked in the detail that answers it; empty where no detail does."""

    pen: str
    entry_id: str
    detail: str
    text: str


def case_questions(folder: Path = FOLDER) -> list[CaseQuestion]:
    """All questions, pen by pen."""
    return [
        CaseQuestion(path.stem, *line.split("\t"))
        for path in sorted(folder.glob("*.tsv"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
