"""Search, step by step: normalise → correct → lexical → dense → filter → calibrate and rank.

``Searcher.steps`` is the whole story.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Protocol

from knowledge_base.calibration import Calibration, Evidence
from knowledge_base.index.dense import DenseIndex
from knowledge_base.index.lexical import LexicalHit, LexicalIndex
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
    text: str = ""
    evidence: dict[str, Evidence] = field(default_factory=dict)
    matched: dict[str, str] = field(default_factory=dict)
    hits: list[SearchHit] = field(default_factory=list)

    def add(self, phrase: Phrase, **found: float) -> None:
        """Keep the best of each kind of evidence for the phrase's entry."""
        known = self.evidence.get(phrase.entry_id) or Evidence()
        better = {name: value for name, value in found.items() if value > getattr(known, name)}
        if phrase.text and ("dice" in better or phrase.entry_id not in self.matched):
            self.matched[phrase.entry_id] = phrase.text
        if better or phrase.entry_id not in self.evidence:
            self.evidence[phrase.entry_id] = replace(known, **better)


class Step(Protocol):
    """One step of a search."""

    def run(self, state: SearchState) -> None:
        """Read and extend ``state``."""


class Normalise:
    """One width, one case, no noise, nobody's numbers."""

    def run(self, state: SearchState) -> None:
        """Set ``text``."""
        state.text = normalise(remove(state.question))


class Correct:
    """What was meant in place of what was mistyped, unless a phrasing has the very words that were typed."""

    def __init__(self, index: LexicalIndex) -> None:
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

    def __init__(self, index: LexicalIndex) -> None:
        self._index = index

    def run(self, state: SearchState) -> None:
        """Add what terms tell."""
        asked = content_only(state.text)
        for hit in self._index.search(state.text, CANDIDATE_PHRASES):
            if _is_word_for_word(hit, asked):
                state.add(hit.phrase, exact=1.0)
            if hit.phrase.kind == "answer":
                state.add(hit.phrase, coverage=ANSWER_WEIGHT * hit.coverage)
            elif hit.phrase.kind in {"title", "alias"}:
                state.add(hit.phrase, dice=hit.dice, coverage=hit.coverage, contained=hit.contained)
            else:
                state.add(hit.phrase, dice=hit.dice, coverage=hit.coverage)


def _is_word_for_word(hit: LexicalHit, asked: str) -> bool:
    """Whether the phrase is what was ``asked``, but for punctuation."""
    return hit.coverage > SAME_TERMS and content_only(hit.phrase.text) == asked


class Dense:
    """Meaning shared with a phrasing."""

    def __init__(self, index: DenseIndex) -> None:
        self._index = index

    def run(self, state: SearchState) -> None:
        """Add what vectors tell."""
        for phrase, cosine in self._index.search(state.text, CANDIDATE_PHRASES):
            if phrase.kind == "whole":
                state.add(phrase, whole=cosine)
            else:
                state.add(phrase, dense=cosine * (ANSWER_WEIGHT if phrase.kind == "answer" else 1.0))


class InForce:
    """Only what is published and in force on the day asked about."""

    def __init__(self, catalogue: EntryCatalogue) -> None:
        self._catalogue = catalogue

    def run(self, state: SearchState) -> None:
        """Drop candidates that may not be shown."""
        for entry_id in list(state.evidence):
            if not self._catalogue.in_force(entry_id, state.on):
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

    def in_force(self, entry_id: str, on: date) -> bool:
        """Whether the entry is published and in force on that day."""

    def names(self, entry_id: str) -> tuple[str, str]:
        """Title and standard question."""


class Searcher:
    """Runs the steps and says what may be done with the result."""

    def __init__(self, steps: list[Step], *, answer_threshold: float, clarify_threshold: float) -> None:
        self.steps = steps
        self._answer = answer_threshold
        self._clarify = clarify_threshold

    def search(
        self, question: str, on: date, limit: int, clock: Callable[[], float] = time.perf_counter
    ) -> SearchResult:
        """The best ``limit`` entries for ``question`` in force on the day ``on``."""
        started = clock()
        state = SearchState(question, on)
        for step in self.steps:
            step.run(state)
        hits = tuple(state.hits[:limit])
        return SearchResult(question, hits, self._band(hits), round((clock() - started) * 1000, 3))

    def _band(self, hits: tuple[SearchHit, ...]) -> Band:
        if hits and hits[0].probability >= self._answer:
            return "answer"
        return "clarify" if hits and hits[0].probability >= self._clarify else "unknown"
