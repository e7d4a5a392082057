"""Hit tests that were made, and one of then beside the same of now."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, func, select

from bot.database import SessionFactory
from knowledge_base.hit_testing.bulk import BulkTester
from knowledge_base.hit_testing.models import HitTest
from knowledge_base.hit_testing.report import HitReport, HitRow
from knowledge_base.hit_testing.tester import HitTester
from knowledge_base.lifecycle import KnowledgeError
from knowledge_base.validity import TIME_ZONE

# Older ones are forgotten.
KEPT_TESTS = 2000


class HitTestNotFound(KnowledgeError):
    """There is no such test, or no longer."""

    def __init__(self) -> None:
        super().__init__("没有找到这次测试，可能太久以前的已经清理了")


@dataclass(frozen=True)
class HitTestPage:
    """A slice of the tests, newest first, and how many there are in all."""

    tests: list[HitTest]
    total: int


@dataclass(frozen=True)
class Standing:
    """Where an entry stood in a test: rank from 1, and probability."""

    rank: int
    probability: float


@dataclass(frozen=True)
class Movement:
    """An entry in a test of then and in the same of now; None where it was not among the first."""

    entry_id: str
    title: str
    then: Standing | None
    now: Standing | None


@dataclass(frozen=True)
class Comparison:
    """A test of then, the same of now, and each entry in both."""

    then: HitReport
    now: HitReport
    movements: list[Movement]


class HitTests:
    """Makes tests, keeps them, compares them; ``bulk`` asks whole files."""

    def __init__(self, sessions: SessionFactory, tester: HitTester) -> None:
        self._sessions = sessions
        self.tester = tester
        self.bulk = BulkTester(sessions, tester)

    def keep(self, report: HitReport, *, actor: str) -> HitTest:
        """Write a test down; the oldest are forgotten."""
        test = HitTest(
            actor=actor,
            question=report.question,
            region=report.region,
            day=report.on,
            band=report.band,
            report=report.model_dump(mode="json"),
        )
        with self._sessions() as session, session.begin():
            session.add(test)
            session.flush()
            session.execute(delete(HitTest).where(HitTest.id <= test.id - KEPT_TESTS))
        return test

    def page(self, *, limit: int = 50, offset: int = 0, before: int | None = None) -> HitTestPage:
        """Tests that were made, newest first; with ``before`` those that are older than this one."""
        with self._sessions() as session:
            total = session.scalar(select(func.count()).select_from(HitTest)) or 0
            ordered = select(HitTest).order_by(HitTest.id.desc()).limit(limit).offset(offset)
            if before is not None:
                ordered = ordered.where(HitTest.id < before)
            return HitTestPage(list(session.scalars(ordered)), total)

    def get(self, test_id: int) -> HitTest:
        """One test; raises HitTestNotFound."""
        with self._sessions() as session:
            test = session.get(HitTest, test_id)
        if test is None:
            raise HitTestNotFound
        return test

    def compare(self, test_id: int) -> Comparison:
        """A test of then with the same question asked now; what was asked for the day it was, is asked for today."""
        test = self.get(test_id)
        then = HitReport.model_validate(test.report)
        on = None if then.on == test.at.astimezone(TIME_ZONE).date() else then.on
        now = self.tester.test(then.asked, region=then.region, on=on)
        return Comparison(then, now.model_copy(update={"question": then.question}), movements(then, now))


def movements(then: HitReport, now: HitReport) -> list[Movement]:
    """Every entry of either test: in the order of now, then those that are gone."""
    before, after = _standings(then.hits), _standings(now.hits)
    titles = {hit.entry_id: hit.title for hit in [*then.hits, *now.hits]}
    order = dict.fromkeys([*after, *before])
    return [Movement(name, titles[name], before.get(name), after.get(name)) for name in order]


def _standings(hits: list[HitRow]) -> dict[str, Standing]:
    return {hit.entry_id: Standing(rank, hit.probability) for rank, hit in enumerate(hits, start=1)}
