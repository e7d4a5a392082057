"""What can be done with the knowledge base: asked, read into memory, kept in step with the database, and curated."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import date

from sqlalchemy import select

from bot.database import SessionFactory
from knowledge_base.entry_curation import EntryCuration
from knowledge_base.golden.gate import GateReport, PublishGate, Verdict
from knowledge_base.golden.models import GoldenQuestion
from knowledge_base.golden.questions import GoldenQuestions
from knowledge_base.hit_testing.history import HitTests
from knowledge_base.hit_testing.tester import HitTester
from knowledge_base.index.keeper import IndexKeeper
from knowledge_base.lifecycle import EntryStatus
from knowledge_base.models import Entry
from knowledge_base.near_duplicates import NearDuplicates
from knowledge_base.published import City, PublishedEntries
from knowledge_base.reliability import Reliability, reliability
from knowledge_base.results import PublishedEntry, SearchResult
from knowledge_base.search import Searcher
from knowledge_base.validity import today
from knowledge_base.vocabulary.service import VocabularyService
from knowledge_base.vocabulary.words import CHANGED
from nlu.scope import ScopeModel

logger = logging.getLogger(__name__)
# Below this probability of being government business a question need not be looked at by staff.
SURELY_OUTSIDE = 0.1
ROWS_AT_ONCE = 1_000


class KnowledgeService(EntryCuration):
    """Search and curation, and what lives beside the entries: golden set, vocabulary, hit tests. ``scope`` knows what is
    none of a government's business, ``keeper`` the snapshots of the indexes.
    """

    def __init__(
        self,
        sessions: SessionFactory,
        published: PublishedEntries,
        searcher: Searcher,
        city: City,
        on_change: Callable[[list[str]], None] = lambda ids: None,
        scope: ScopeModel | None = None,
        *,
        vocabulary: VocabularyService,
        region: str = "",
        four_eyes: bool = False,
        clock: Callable[[], date] = today,
        gate: PublishGate | None = None,
        keeper: IndexKeeper | None = None,
    ) -> None:
        super().__init__(
            sessions, published, city, on_change, region=region, four_eyes=four_eyes, clock=clock, gate=gate
        )
        self._searcher = searcher
        self._scope = scope
        self.keeper = keeper
        self.golden = GoldenQuestions(sessions)
        self.vocabulary = vocabulary
        self.duplicates = NearDuplicates(sessions, published)
        self.hit_tests = HitTests(sessions, HitTester(sessions, searcher, published, region=region, clock=clock))

    # Asking ---------------------------------------------------------------

    def search(
        self, question: str, *, limit: int = 5, on: date | None = None, region: str | None = None
    ) -> SearchResult:
        """Entries that answer ``question``, best first, with calibrated probabilities: today, here, unless told."""
        here = self.region if region is None else region
        return self._searcher.search(question, on or self._clock(), limit, here)

    def surely_outside(self, question: str) -> bool:
        """Whether a question is plainly none of a government's business: music, recipes, other people's numbers."""
        if self._scope is None or self.vocabulary.knows(question):
            return False
        return self._scope.probability(question) < SURELY_OUTSIDE

    def entry(self, entry_id: str, *, on: date | None = None, region: str | None = None) -> PublishedEntry | None:
        """A published entry in force for the region, placeholders filled; None otherwise."""
        return self._published.get(entry_id, on or self._clock(), self.region if region is None else region)

    def load(self, progress: Callable[[float], None] = lambda share: None) -> int:
        """Read all published entries and the vocabulary into memory; returns how many entries there are.

        What is not in a snapshot as it is now in the database is indexed anew; called again, what changed meanwhile.
        """
        self.vocabulary.load()
        if self.keeper is not None:
            self.keeper.restore()
        self._published.load(self._read_published(), progress)
        if self._gate is not None:
            self._gate.follow(())
        return len(self._published)

    def _read_published(self) -> Iterator[Entry]:
        statement = select(Entry).where(Entry.status == EntryStatus.PUBLISHED)
        with self._sessions() as session:
            yield from session.scalars(statement.execution_options(yield_per=ROWS_AT_ONCE))

    def refresh(self, entry_ids: list[str]) -> None:
        """Make memory agree with the database for these entries, after a change here or in another process."""
        self._renew(entry_ids, None)

    def show(self, entry_ids: list[str], report: GateReport | None = None) -> None:
        """After a change of many entries at once: memory here and in other processes follows. ``report``: its rehearsal."""
        self._renew(entry_ids, report)
        self._tell(entry_ids)

    def _renew(self, entry_ids: list[str], report: GateReport | None) -> None:
        if CHANGED in entry_ids:
            self.vocabulary.load()
        with self._sessions() as session:
            rows = list(session.scalars(select(Entry).where(Entry.id.in_(entry_ids))))
        self._published.refresh(entry_ids, rows)
        if self._gate is not None:
            self._gate.follow(entry_ids, report)

    # The golden set -------------------------------------------------------

    def golden_verdicts(self) -> list[tuple[GoldenQuestion, Verdict]]:
        """Every golden question with how it stands now."""
        return self._gate.verdicts() if self._gate is not None else []

    def ask_golden(self, limit: int) -> int:
        """Ask golden questions of which nothing is known yet, ``limit`` at most; how many were asked."""
        return self._gate.ask_some(limit) if self._gate is not None else 0

    def golden_reliability(self) -> Reliability:
        """How probable best hits of golden questions are said to be, beside how often they are right."""
        return reliability(self._gate.predictions() if self._gate is not None else [])
