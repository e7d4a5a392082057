"""What the steps of a search hand on to each other."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from knowledge_base.calibration import Evidence
from knowledge_base.index.lexical import LexicalHit
from knowledge_base.phrases import Phrase
from knowledge_base.results import SearchHit
from knowledge_base.validity import Obstacle
from nlu.text import content_only

# How many phrases each index is asked for.
CANDIDATE_PHRASES = 40
# An answer's long text shares words with many questions: its match counts less than that of a phrasing.
ANSWER_WEIGHT = 0.7
# Only a phrase that has (all but rounding) all terms of the question can be the question word for word.
SAME_TERMS = 0.999
# So many shared terms that stand nowhere else leave nothing to be surer of.
RARE_TERMS = 5.0


@dataclass(frozen=True)
class Dropped:
    """A candidate that may not be shown, why, and what spoke for it."""

    entry_id: str
    obstacle: Obstacle
    evidence: Evidence


@dataclass
class SearchState:
    """One search as far as it has come.

    ``text`` is what is looked up; ``corrections`` (as typed, as meant) and ``expansions`` (as asked, what was added) say
    how it came from the question; ``wordings`` are looked up beside it. ``bm25``: the best of each entry's phrases;
    ``strengths``: log-odds of each candidate looked at alone; ``probabilities``: with its rivals in view, 0–1.
    """

    question: str
    on: date
    region: str = ""
    text: str = ""
    corrections: list[tuple[str, str]] = field(default_factory=list)
    expansions: list[tuple[str, str]] = field(default_factory=list)
    wordings: tuple[str, ...] = ()
    evidence: dict[str, Evidence] = field(default_factory=dict)
    matched: dict[str, str] = field(default_factory=dict)
    bm25: dict[str, float] = field(default_factory=dict)
    strengths: dict[str, float] = field(default_factory=dict)
    dropped: list[Dropped] = field(default_factory=list)
    probabilities: dict[str, float] = field(default_factory=dict)
    hits: list[SearchHit] = field(default_factory=list)
    # What a phrase had to reach to be looked at: BM25, and cosine.
    least_lexical: float = -math.inf
    least_dense: float = -math.inf

    def add(self, phrase: Phrase, **found: float) -> None:
        """Keep the best of each kind of evidence for the phrase's entry."""
        known = self.evidence.get(phrase.entry_id) or Evidence(passage=float(phrase.passage))
        better = {name: value for name, value in found.items() if value > getattr(known, name)}
        if phrase.text and ("dice" in better or phrase.entry_id not in self.matched):
            self.matched[phrase.entry_id] = phrase.text
        if better or phrase.entry_id not in self.evidence:
            # As dataclasses.replace does, in a third of the time.
            self.evidence[phrase.entry_id] = Evidence(**vars(known) | better)

    def add_words(self, hits: Iterable[LexicalHit], text: str = "") -> None:
        """Keep what terms shared with another wording (``text``), or with the question itself, tell."""
        asked = content_only(text or self.text)
        for hit in hits:
            entry_id = hit.phrase.entry_id
            self.bm25[entry_id] = max(hit.bm25, self.bm25.get(entry_id, 0.0))
            if is_word_for_word(hit, asked):
                self.add(hit.phrase, exact=1.0)
            rarity = min(1.0, hit.rarity / RARE_TERMS)
            if hit.phrase.kind == "answer":
                self.add(hit.phrase, coverage=ANSWER_WEIGHT * hit.coverage, rarity=ANSWER_WEIGHT * rarity)
            elif hit.phrase.kind in {"title", "alias"}:
                self.add(hit.phrase, dice=hit.dice, coverage=hit.coverage, contained=hit.contained, rarity=rarity)
            else:
                self.add(hit.phrase, dice=hit.dice, coverage=hit.coverage, rarity=rarity)

    def add_meanings(self, hits: Iterable[tuple[Phrase, float]]) -> None:
        """Keep what cosines tell."""
        for phrase, cosine in hits:
            if phrase.kind == "whole":
                self.add(phrase, whole=cosine)
            else:
                self.add(phrase, dense=cosine * (ANSWER_WEIGHT if phrase.kind == "answer" else 1.0))


def is_word_for_word(hit: LexicalHit, asked: str) -> bool:
    """Whether the phrase is what was ``asked``, but for punctuation."""
    return hit.coverage > SAME_TERMS and content_only(hit.phrase.text) == asked
