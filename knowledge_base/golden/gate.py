"""The publish gate: every golden question is asked as if the change were live; what gets worse needs a name and a reason.

Only questions are asked again that the change can reach: whose first few candidates have a changed entry, or for which a
changed entry would come among them. The rest keeps the verdict of the last time.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import IntEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.database import SessionFactory
from knowledge_base.golden.models import GateSignOff, GoldenQuestion
from knowledge_base.golden.rehearsal import Asked, Rehearsal
from knowledge_base.index.dense import DenseIndex
from knowledge_base.index.lexical import LexicalIndex
from knowledge_base.lifecycle import KnowledgeError
from knowledge_base.models import Entry
from knowledge_base.published import PublishedEntries
from knowledge_base.reliability import Prediction, prediction
from knowledge_base.search import Searcher, SearchRules

# Answer and choices depend on the first few candidates and how far they are apart.
LOOKED_AT = 4
# Weights of terms move a little with every change; a candidate this close (log-odds) may still come in.
SLACK = 0.5
NAMED = 3
SHORTEST_REASON = 4


class Verdict(IntEnum):
    """What became of a golden question, the better the higher."""

    MISSED = 0
    OFFERED = 1
    ANSWERED = 2

    @property
    def label(self) -> str:
        """The words staff read."""
        return ("没有找到", "出现在选项里", "直接回答")[self]


@dataclass(frozen=True)
class Standing:
    """How a question stands: as search saw it, its verdict, its first candidates, how strong the last of them is, and how
    probable the best hit was.
    """

    asked: Asked
    verdict: Verdict
    first: frozenset[str]
    least: float
    prediction: Prediction


@dataclass(frozen=True)
class Change:
    """A question that a change makes better or worse."""

    question: str
    entry_id: str
    before: Verdict
    after: Verdict


@dataclass(frozen=True)
class GateReport:
    """What a change does to the golden set: ``asked`` of ``total`` questions were asked again."""

    total: int = 0
    asked: int = 0
    better: tuple[Change, ...] = ()
    worse: tuple[Change, ...] = ()
    standings: Mapping[int, Standing] = field(default_factory=dict, repr=False)
    changed: frozenset[str] = frozenset()


class GoldenSetDrop(KnowledgeError):
    """The change makes golden questions worse, and nobody has signed for it; ``report`` has all of them."""

    def __init__(self, report: GateReport) -> None:
        self.report = report
        named = "；".join(f"“{one.question}”由{one.before.label}变成{one.after.label}" for one in report.worse[:NAMED])
        more = f"等 {len(report.worse)} 个问题" if len(report.worse) > NAMED else ""
        super().__init__(f"这样改会让必答问题变差：{named}{more}。请先调整内容；确实要这样改，请写明理由再发布")


class PublishGate:
    """Replays the golden set. ``clock`` gives the day, ``region`` the city's own code."""

    def __init__(
        self,
        sessions: SessionFactory,
        lexical: LexicalIndex,
        dense: DenseIndex,
        published: PublishedEntries,
        rules: SearchRules,
        *,
        region: str,
        clock: Callable[[], date],
        choices: int = 3,
    ) -> None:
        self._sessions = sessions
        self._indexes = lexical, dense, published
        self._rules = rules
        self._region = region
        self._clock = clock
        self._choices = choices
        self._searcher = rules.searcher(lexical, dense, published)
        self._standings: dict[int, Standing] = {}
        self._day: date | None = None
        self._lock = threading.Lock()
        # Whether some questions may have no standing.
        self._behind = True

    def rehearse(self, entries: Sequence[Entry]) -> GateReport:
        """What would become of the golden set if the entries were as given; nothing changes for citizens."""
        golden = self._golden()
        with self._lock:
            before = self._now(golden)
        if not golden:
            return GateReport()
        rehearsal = Rehearsal(*self._indexes, self._rules, entries)

        def reached(one: GoldenQuestion) -> bool:
            known = before[one.id]
            near = not known.first.isdisjoint(rehearsal.changed)
            return near or rehearsal.strength(known.asked) >= known.least - SLACK

        return self._report(golden, before, rehearsal.searcher, reached, rehearsal.changed)

    def rehearse_search(self, searcher: Searcher, reached: Callable[[str], bool]) -> GateReport:
        """What would become of the golden set if questions were searched so; only those ``reached`` are asked."""
        golden = self._golden()
        with self._lock:
            before = self._now(golden)
        return self._report(golden, before, searcher, lambda one: reached(one.question))

    def _report(
        self,
        golden: Sequence[GoldenQuestion],
        before: Mapping[int, Standing],
        searcher: Searcher,
        reached: Callable[[GoldenQuestion], bool],
        changed: frozenset[str] = frozenset(),
    ) -> GateReport:
        day = self._clock()
        after = {one.id: self._stand(searcher, one, day) for one in golden if reached(one)}
        changes = [
            Change(one.question, one.entry_id, before[one.id].verdict, after[one.id].verdict)
            for one in golden
            if one.id in after and after[one.id].verdict != before[one.id].verdict
        ]
        better = tuple(one for one in changes if one.after > one.before)
        worse = tuple(one for one in changes if one.after < one.before)
        return GateReport(len(golden), len(after), better, worse, after, changed)

    def pass_through(self, session: Session, report: GateReport, object_id: str, *, actor: str, reason: str) -> None:
        """Let a change through, in its own transaction; raises GoldenSetDrop without a reason where it does harm."""
        if not report.worse:
            return
        if len(reason.strip()) < SHORTEST_REASON:
            raise GoldenSetDrop(report)
        worse = [
            {"question": one.question, "entry": one.entry_id, "before": one.before.name, "after": one.after.name}
            for one in report.worse
        ]
        session.add(GateSignOff(object_id=object_id, actor=actor, reason=reason.strip(), worse=worse))

    def follow(self, entry_ids: Collection[str], report: GateReport | None = None) -> None:
        """Entries changed: the standings of a rehearsal hold now; after any other change all are asked anew next time."""
        with self._lock:
            if report is not None and report.changed == frozenset(entry_ids):
                self._standings |= report.standings
            else:
                self._standings.clear()
                self._behind = True

    def ask_some(self, limit: int) -> int:
        """Ask questions that have no standing, ``limit`` at most, so that a publish need not wait; how many were asked."""
        if not self._behind and self._clock() == self._day:
            return 0
        golden = self._golden()
        with self._lock:
            self._begin_day()
            waiting = [one for one in golden if one.id not in self._standings]
            self._now(waiting[:limit])
            self._behind = len(waiting) > limit
        return min(limit, len(waiting))

    def verdicts(self) -> list[tuple[GoldenQuestion, Verdict]]:
        """Every golden question with how it stands now."""
        golden = self._golden()
        with self._lock:
            now = self._now(golden)
        return [(one, now[one.id].verdict) for one in golden]

    def predictions(self) -> list[Prediction]:
        """How probable the best hit of each golden question is said to be, and whether it is right."""
        golden = self._golden()
        with self._lock:
            now = self._now(golden)
        return [now[one.id].prediction for one in golden]

    def _golden(self) -> list[GoldenQuestion]:
        with self._sessions() as session:
            return list(session.scalars(select(GoldenQuestion).order_by(GoldenQuestion.id)))

    def _now(self, golden: Sequence[GoldenQuestion]) -> dict[int, Standing]:
        """The standings of today; questions without one are asked."""
        day = self._begin_day()
        for one in golden:
            if one.id not in self._standings:
                self._standings[one.id] = self._stand(self._searcher, one, day)
        return dict(self._standings)

    def _begin_day(self) -> date:
        """Today; what held yesterday need not hold any more."""
        day = self._clock()
        if day != self._day:
            self._standings.clear()
            self._day = day
        return day

    def _stand(self, searcher: Searcher, golden: GoldenQuestion, day: date) -> Standing:
        state = searcher.trace(golden.question, day, self._region)
        strengths = sorted(
            ((self._rules.calibration.strength(found), name) for name, found in state.evidence.items()), reverse=True
        )[:LOOKED_AT]
        first = frozenset(
            [golden.entry_id, *(name for _, name in strengths), *(hit.entry_id for hit in state.hits[:1])]
        )
        least = strengths[-1][0] if len(strengths) == LOOKED_AT else -math.inf
        band = searcher.band(state.hits)
        verdict = Verdict.MISSED
        if band == "answer" and state.hits[0].entry_id == golden.entry_id:
            verdict = Verdict.ANSWERED
        elif band == "clarify" and golden.entry_id in {hit.entry_id for hit in state.hits[: self._choices]}:
            verdict = Verdict.OFFERED
        asked = replace(
            self._asked(state.text),
            least_lexical=state.least_lexical,
            least_dense=state.least_dense,
            wordings=tuple(self._asked(text) for text in state.wordings),
        )
        return Standing(asked, verdict, first, least, prediction(state.hits, golden.entry_id))

    def _asked(self, text: str) -> Asked:
        lexical, dense, _ = self._indexes
        return Asked(text, frozenset(lexical.terms(text)), dense.encode(text))
