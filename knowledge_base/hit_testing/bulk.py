"""A file of questions put one after the other, and what share of them found the right entry."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select

from bot.database import SessionFactory
from knowledge_base.hit_testing.bulk_reading import AskedQuestion, QuestionFile
from knowledge_base.hit_testing.tester import HitTester
from knowledge_base.lifecycle import KnowledgeError
from knowledge_base.models import Entry
from knowledge_base.results import Band, SearchHit
from nlu.privacy import mask

# Recall is told for these ranks; the last is how many hits are looked at.
RANKS = (1, 3, 5)
# Databases take so many values in one statement.
VALUES = 500


class BulkTestRunning(KnowledgeError):
    """One bulk test at a time: it takes the processor from the citizens' questions."""

    def __init__(self) -> None:
        super().__init__("有同事正在批量测试，请等它结束再开始")


@dataclass(frozen=True)
class BulkRow:
    """One question (masked) and its first hits; ``rank`` of the expected entry from 1, None where it was not found.

    ``judged``: the file names an entry that there is, so the row is right or wrong.
    """

    place: str
    question: str
    expected: str
    judged: bool
    band: Band
    hits: tuple[SearchHit, ...]
    rank: int | None = None

    @property
    def right(self) -> bool | None:
        """Whether the expected entry came first; None where none is named, or none that there is."""
        return self.rank == 1 if self.judged else None


@dataclass(frozen=True)
class BulkReport:
    """A bulk test; ``complete`` unless it was stopped."""

    rows: tuple[BulkRow, ...]
    region: str
    on: date
    left_out: tuple[str, ...] = ()
    complete: bool = True

    def share(self, band: Band) -> float:
        """What share of all questions ended so, 0–1."""
        return sum(row.band == band for row in self.rows) / len(self.rows) if self.rows else 0.0

    @property
    def judged(self) -> list[BulkRow]:
        """The rows that are right or wrong."""
        return [row for row in self.rows if row.judged]

    @property
    def unknown(self) -> int:
        """How many rows name an entry that there is not."""
        return sum(bool(row.expected) and not row.judged for row in self.rows)

    def recall(self, rank: int) -> float:
        """Share of the judged questions whose entry was among the first ``rank``, 0–1."""
        judged = self.judged
        return sum(row.rank is not None and row.rank <= rank for row in judged) / len(judged) if judged else 0.0


class BulkTester:
    """Runs bulk tests, one at a time."""

    def __init__(self, sessions: SessionFactory, tester: HitTester) -> None:
        self._sessions = sessions
        self._tester = tester
        self._busy = threading.Lock()

    def run(
        self,
        file: QuestionFile,
        *,
        region: str | None = None,
        on: date | None = None,
        progress: Callable[[float], None] = lambda share: None,
        stopped: Callable[[], bool] = lambda: False,
    ) -> BulkReport:
        """Ask all of a file's questions; what was asked until ``stopped`` is kept. Raises BulkTestRunning."""
        if not self._busy.acquire(blocking=False):
            raise BulkTestRunning
        try:
            here, day = self._tester.region if region is None else region, on or self._tester.clock()
            named = self._named(one.expected for one in file.questions)
            rows: list[BulkRow] = []
            for number, one in enumerate(file.questions, start=1):
                if stopped():
                    break
                rows.append(self._ask(one, named.get(one.expected, frozenset()), here, day))
                progress(number / len(file.questions))
        finally:
            self._busy.release()
        return BulkReport(tuple(rows), here, day, file.left_out, len(rows) == len(file.questions))

    def _ask(self, one: AskedQuestion, right: frozenset[str], region: str, on: date) -> BulkRow:
        result = self._tester.searcher.search(one.question, on, RANKS[-1], region)
        rank = next((at for at, hit in enumerate(result.hits, start=1) if hit.entry_id in right), None)
        return BulkRow(one.place, mask(one.question), one.expected, bool(right), result.band, result.hits, rank)

    def _named(self, expected: Iterable[str]) -> dict[str, frozenset[str]]:
        """For each id or title the entries that it names; those of which there is none are left out."""
        wanted = sorted({text for text in expected if text})
        found: dict[str, set[str]] = {}
        for at in range(0, len(wanted), VALUES):
            for entry_id, title in self._entries(wanted[at : at + VALUES]):
                found.setdefault(entry_id, set()).add(entry_id)
                found.setdefault(title, set()).add(entry_id)
        return {text: frozenset(found[text]) for text in wanted if text in found}

    def _entries(self, names: Sequence[str]) -> list[tuple[str, str]]:
        statement = select(Entry.id, Entry.title).where(or_(Entry.id.in_(names), Entry.title.in_(names)))
        with self._sessions() as session:
            return list(session.execute(statement).tuples())
