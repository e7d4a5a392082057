"""Search, step by step: normalise → correct → lexical → dense → filter → calibrate and rank.

``Searcher.steps`` is the whole story.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Protocol

from knowledge_base.calibration import Calibration, Evidence
from knowledge_base.index.lexical import LexicalHit
from knowledge_base.phrases import Phrase
from knowledge_base.results import Band, SearchHit, SearchResult
from nlu.privacy import remove
from nlu.text import content_only, normalise
from nlu.typos import corrector

CANDIDATE_PHRASES = 40
# An answer's long text shares words with many questions: its match counts less than that of a phrasing.
ANSWER_WEIGHT = 0.7
# Only a phrase that has (all but rounding) all terms of the question can be the question word for word.
SAME_TERMS = 0.999


@dataclass
class SearchState:
    """What the steps hand on to each other."""

    question: str
    on: date
    region: str = ""
    text: str = ""
    evidence: dict[str, Evidence] = field(default_factory=dict)
    matched: dict[str, str] = field(default_factory=dict)
    hits: list[SearchHit] = field(default_factory=list)
    # What a phrase had to reach to be looked at: BM25, and cosine.
    least_lexical: float = -math.inf
    least_dense: float = -math.inf

    def add(self, phrase: Phrase, **found: float) -> None:
        """Keep the best of each kind of evidence for the phrase's entry."""
        known = self.evidence.get(phrase.entry_id) or Evidence()
        better = {name: value for name, value in found.items() if value > getattr(known, name)}
        if phrase.text and ("dice" in better or phrase.entry_id not in self.matched):
            self.matched[phrase.entry_id] = phrase.text
        if better or phrase.entry_id not in self.evidence:
            self.evidence[phrase.entry_id] = replace(known, **better)

    def add_words(self, hits: Iterable[LexicalHit]) -> None:
        """Keep what shared terms tell."""
        asked = content_only(self.text)
        for hit in hits:
            if _is_word_for_word(hit, asked):
                self.add(hit.phrase, exact=1.0)
            if hit.phrase.kind == "answer":
                self.add(hit.phrase, coverage=ANSWER_WEIGHT * hit.coverage)
            elif hit.phrase.kind in {"title", "alias"}:
                self.add(hit.phrase, dice=hit.dice, coverage=hit.coverage, contained=hit.contained)
            else:
                self.add(hit.phrase, dice=hit.dice, coverage=hit.coverage)

    def add_meanings(self, hits: Iterable[tuple[Phrase, float]]) -> None:
        """Keep what cosines tell."""
        for phrase, cosine in hits:
            if phrase.kind == "whole":
                self.add(phrase, whole=cosine)
            else:
                self.add(phrase, dense=cosine * (ANSWER_WEIGHT if phrase.kind == "answer" else 1.0))


def evidence_of(
    text: str, words: Iterable[LexicalHit], meanings: Iterable[tuple[Phrase, float]]
) -> dict[str, Evidence]:
    """What these hits of a question in normal form tell of their entries."""
    state = SearchState(text, date.min, text=text)
    state.add_words(words)
    state.add_meanings(meanings)
    return state.evidence


class Step(Protocol):
    """One step of a search."""

    def run(self, state: SearchState) -> None:
        """Read and extend ``state``."""


class Normalise:
    """One width, one case, no noise, nobody's numbers."""

    def run(self, state: SearchState) -> None:
        """Set ``text``."""
        state.text = normalise(remove(state.question))


class LexicalSearch(Protocol):
    """See :class:`knowledge_base.index.lexical.LexicalIndex`."""

    def search(self, question: str, limit: int) -> list[LexicalHit]:
        """Phrases that share terms with the question."""


class DenseSearch(Protocol):
    """See :class:`knowledge_base.index.dense.DenseIndex`."""

    def search(self, question: str, limit: int) -> list[tuple[Phrase, float]]:
        """Phrases near in meaning, with their cosine."""


class Correct:
    """What was meant in place of what was mistyped, unless a phrasing has the very words that were typed."""

    def __init__(self, index: LexicalSearch) -> None:
        self._index = index
        # Read now, not with the first question: that takes a fifth of a second.
        self._corrector = corrector()

    def run(self, state: SearchState) -> None:
        """Change ``text`` where it has typos."""
        meant = self._corrector.correct(state.text).text
        if meant != state.text and not self._is_phrasing(state.text):
            state.text = meant

    def _is_phrasing(self, text: str) -> bool:
        asked = content_only(text)
        return any(_is_word_for_word(hit, asked) for hit in self._index.search(text, CANDIDATE_PHRASES))


class Lexical:
    """Words and character bigrams shared with a phrasing."""

    def __init__(self, index: LexicalSearch) -> None:
        self._index = index

    def run(self, state: SearchState) -> None:
        """Add what terms tell."""
        hits = self._index.search(state.text, CANDIDATE_PHRASES)
        if len(hits) == CANDIDATE_PHRASES:
            state.least_lexical = hits[-1].bm25
        state.add_words(hits)


def _is_word_for_word(hit: LexicalHit, asked: str) -> bool:
    """Whether the phrase is what was ``asked``, but for punctuation."""
    return hit.coverage > SAME_TERMS and content_only(hit.phrase.text) == asked


class Dense:
    """Meaning shared with a phrasing."""

    def __init__(self, index: DenseSearch) -> None:
        self._index = index

    def run(self, state: SearchState) -> None:
        """Add what vectors tell."""
        hits = self._index.search(state.text, CANDIDATE_PHRASES)
        if len(hits) == CANDIDATE_PHRASES:
            state.least_dense = hits[-1][1]
        state.add_meanings(hits)


class InForce:
    """Only what is published and in force on the day and in the region asked about."""

    def __init__(self, catalogue: EntryCatalogue) -> None:
        self._catalogue = catalogue

    def run(self, state: SearchState) -> None:
        """Drop candidates that may not be shown."""
        for entry_id in list(state.evidence):
            if not self._catalogue.in_force(entry_id, state.on, state.region):
                del state.evidence[entry_id]


class Rank:
    """Evidence to probability, best first."""

    def __init__(self, catalogue: EntryCatalogue, calibration: Calibration) -> None:
        self._catalogue = catalogue
        self._calibration = calibration

    def run(self, state: SearchState) -> None:
        """Set ``hits``."""
        probabilities = self._calibration.probabilities(state.evidence)
        for entry_id, evidence in state.evidence.items():
            title, question = self._catalogue.names(entry_id)
            state.hits.append(
                SearchHit(
                    entry_id=entry_id,
                    title=title,
                    question=question,
                    probability=round(probabilities[entry_id], 4),
                    lexical=round(evidence.dice, 4),
                    dense=round(evidence.dense, 4),
                    matched=state.matched.get(entry_id, ""),
                )
            )
        state.hits.sort(key=lambda hit: (-hit.probability, -hit.dense, hit.entry_id))


class EntryCatalogue(Protocol):
    """What search must know of entries beside their phrases."""

    def in_force(self, entry_id: str, on: date, region: str) -> bool:
        """Whether the entry is published, in force on that day and said for that region."""

    def names(self, entry_id: str) -> tuple[str, str]:
        """Title and standard question."""


class Searcher:
    """Runs the steps and says what may be done with the result."""

    def __init__(self, steps: list[Step], *, answer_threshold: float, clarify_threshold: float) -> None:
        self.steps = steps
        self._answer = answer_threshold
        self._clarify = clarify_threshold

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
        if hits and hits[0].probability >= self._answer:
            return "answer"
        return "clarify" if hits and hits[0].probability >= self._clarify else "unknown"


@dataclass(frozen=True)
class SearchRules:
    """All but the indexes that decides how a search goes; both thresholds are probabilities (0–1)."""

    calibration: Calibration
    answer_threshold: float
    clarify_threshold: float

    def searcher(self, lexical: LexicalSearch, dense: DenseSearch, catalogue: EntryCatalogue) -> Searcher:
        """A searcher over these indexes."""
        steps: list[Step] = [
            Normalise(),
            Correct(lexical),
            Lexical(lexical),
            Dense(dense),
            InForce(catalogue),
            Rank(catalogue, self.calibration),
        ]
        return Searcher(steps, answer_threshold=self.answer_threshold, clarify_threshold=self.clarify_threshold)
