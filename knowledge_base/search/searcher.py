"""The steps in their order, and what may be done with what they find."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

from knowledge_base.calibration import Calibration
from knowledge_base.results import Band, SearchHit, SearchResult
from knowledge_base.search.calibrate import Calibrate
from knowledge_base.search.correct import Correct
from knowledge_base.search.dense import Dense
from knowledge_base.search.expand import Expand, OtherWordings
from knowledge_base.search.fuse import Fuse
from knowledge_base.search.in_force import InForce
from knowledge_base.search.lexical import Lexical
from knowledge_base.search.normalise import Normalise
from knowledge_base.search.ports import DenseSearch, EntryCatalogue, LexicalSearch, Step, Vocabulary
from knowledge_base.search.rank import Rank
from knowledge_base.search.state import SearchState
from knowledge_base.vocabulary.words import LiveVocabulary
from nlu.city_name import CityName


class Searcher:
    """Runs the steps and says what may be done with the result."""

    def __init__(self, steps: list[Step], *, answer_threshold: float, clarify_threshold: float) -> None:
        self.steps = steps
        self.answer_threshold = answer_threshold
        self.clarify_threshold = clarify_threshold

    def search(
        self, question: str, on: date, limit: int, region: str = "", clock: Callable[[], float] = time.perf_counter
    ) -> SearchResult:
        """The best ``limit`` entries for ``question`` in force on the day ``on`` in ``region``."""
        started = clock()
        state = self.trace(question, on, region)
        hits = tuple(state.hits[:limit])
        return SearchResult(question, hits, self.band(hits), round((clock() - started) * 1000, 3))

    def trace(self, question: str, on: date, region: str = "") -> SearchState:
        """All that the steps found."""
        state = SearchState(question, on, region)
        for step in self.steps:
            step.run(state)
        return state

    def band(self, hits: Sequence[SearchHit]) -> Band:
        """What may be done with the best of ``hits``."""
        if hits and hits[0].probability >= self.answer_threshold:
            return "answer"
        return "clarify" if hits and hits[0].probability >= self.clarify_threshold else "unknown"


@dataclass(frozen=True)
class SearchRules:
    """All but the indexes that decides how a search goes; both thresholds are probabilities (0–1)."""

    calibration: Calibration
    answer_threshold: float
    clarify_threshold: float
    vocabulary: Vocabulary = field(default_factory=LiveVocabulary)
    city: CityName = field(default_factory=CityName)

    def searcher(self, lexical: LexicalSearch, dense: DenseSearch, catalogue: EntryCatalogue) -> Searcher:
        """A searcher over these indexes."""
        steps: list[Step] = [
            Normalise(self.city),
            Correct(lexical),
            Expand(self.vocabulary),
            Lexical(lexical),
            Dense(dense),
            OtherWordings(lexical, dense),
            Fuse(self.calibration),
            InForce(catalogue),
            Calibrate(self.calibration),
            Rank(catalogue),
        ]
        return Searcher(steps, answer_threshold=self.answer_threshold, clarify_threshold=self.clarify_threshold)
