"""Making a hit test with the very search that the chat makes."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date

from bot.database import SessionFactory
from knowledge_base.hit_testing.report import KEPT, DroppedRow, HitReport, HitRow, matched_in, scores_of
from knowledge_base.hit_testing.unpublished import near_unpublished
from knowledge_base.published import PublishedEntries
from knowledge_base.search import Dropped, Searcher, SearchState
from nlu.privacy import mask, remove


class HitTester:
    """``region`` is the city's own code of GB/T 2260, ``clock`` gives the day."""

    def __init__(
        self,
        sessions: SessionFactory,
        searcher: Searcher,
        published: PublishedEntries,
        *,
        region: str,
        clock: Callable[[], date],
    ) -> None:
        self.region = region
        self.clock = clock
        self.searcher = searcher
        self._sessions = sessions
        self._published = published

    def test(self, question: str, *, region: str | None = None, on: date | None = None) -> HitReport:
        """What search finds for a question and why: today, here, unless told."""
        here, day = self.region if region is None else region, on or self.clock()
        started = time.perf_counter()
        state = self.searcher.trace(question, day, here)
        latency = time.perf_counter() - started
        dropped = sorted(state.dropped, key=lambda one: (-state.strengths[one.entry_id], one.entry_id))[:KEPT]
        return HitReport(
            question=mask(question),
            asked=remove(question),
            text=state.text,
            corrections=state.corrections,
            expansions=state.expansions,
            region=here,
            on=day,
            band=self.searcher.band(state.hits),
            answer_threshold=self.searcher.answer_threshold,
            clarify_threshold=self.searcher.clarify_threshold,
            hits=self._hits(state),
            found=len(state.hits),
            dropped=[self._dropped(state, one) for one in dropped],
            unpublished=near_unpublished(self._sessions, state.text),
            latency_ms=round(latency * 1000, 1),
        )

    def _hits(self, state: SearchState) -> list[HitRow]:
        terms = self._published.terms
        return [
            HitRow(
                entry_id=hit.entry_id,
                title=hit.title,
                question=hit.question,
                probability=hit.probability,
                scores=scores_of(state, hit.entry_id, state.evidence[hit.entry_id]),
                matched=matched_in(hit.matched, (state.text, *state.wordings), terms),
            )
            for hit in state.hits[:KEPT]
        ]

    def _dropped(self, state: SearchState, one: Dropped) -> DroppedRow:
        texts = (state.text, *state.wordings)
        return DroppedRow(
            entry_id=one.entry_id,
            title=self._published.title(one.entry_id),
            kind=one.obstacle.kind,
            day=one.obstacle.day,
            region=one.obstacle.region,
            scores=scores_of(state, one.entry_id, one.evidence),
            matched=matched_in(state.matched.get(one.entry_id, ""), texts, self._published.terms),
        )
