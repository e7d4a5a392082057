"""Searching as if some entries were already changed, while citizens still get what is published."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from knowledge_base.index.dense import DenseIndex
from knowledge_base.index.lexical import LexicalIndex
from knowledge_base.lifecycle import EntryStatus
from knowledge_base.models import Entry
from knowledge_base.phrases import Phrase, phrases_of
from knowledge_base.published import PublishedEntries
from knowledge_base.search import SearchRules, SearchState
from knowledge_base.validity import Obstacle, obstacle
from nlu.encoder.ports import Vectors

# The weights of terms move a little with every change, and tantivy rounds lengths: BM25 this much lower may still count.
SLACK = 0.5


class ChangedDense:
    """An index as it would be without the vectors of ``gone`` and with those of ``phrases``."""

    def __init__(self, base: DenseIndex, gone: frozenset[str], phrases: Sequence[Phrase]) -> None:
        self._base, self._gone = base, gone
        self._hidden = base.count(gone)
        self._vectors, self._new = base.vectors(phrases)

    def search(self, question: str, limit: int) -> list[tuple[Phrase, float]]:
        """The nearest ``limit`` phrases with their cosine, best first."""
        found = self._base.search(question, limit + self._hidden)
        stay = [pair for pair in found if pair[0].entry_id not in self._gone]
        return sorted(stay + self.new(self._base.encode(question)), key=lambda pair: -pair[1])[:limit]

    def new(self, vector: Vectors) -> list[tuple[Phrase, float]]:
        """The new phrases with their cosine to a question's vector."""
        if not self._new:
            return []
        return list(zip(self._new, (self._vectors @ vector).tolist(), strict=True))


@dataclass(frozen=True)
class Asked:
    """A question as search saw it: normal form, terms, vector, and what a phrase had to reach to be looked at.

    ``wordings``: the same in other words of the vocabulary.
    """

    text: str
    terms: frozenset[str]
    vector: Vectors
    least_lexical: float = -math.inf
    least_dense: float = -math.inf
    wordings: tuple[Asked, ...] = ()


class ChangedCatalogue:
    """The published entries with the changed ones in their place."""

    def __init__(self, base: PublishedEntries, changed: dict[str, Entry]) -> None:
        self._base, self._changed = base, changed

    def obstacle(self, entry_id: str, on: date, region: str) -> Obstacle | None:
        """Why the entry would not be shown on that day in that region; None where it would."""
        row = self._changed.get(entry_id)
        return self._base.obstacle(entry_id, on, region) if row is None else obstacle(row, on, region)

    def names(self, entry_id: str) -> tuple[str, str]:
        """Title and standard question."""
        row = self._changed.get(entry_id)
        return self._base.names(entry_id) if row is None else (row.title, row.question)


class Rehearsal:
    """Searches as if ``entries`` already were as they are given; those that are not published are as good as gone."""

    def __init__(
        self,
        lexical: LexicalIndex,
        dense: DenseIndex,
        published: PublishedEntries,
        rules: SearchRules,
        entries: Sequence[Entry],
    ) -> None:
        shown = {entry.id: entry for entry in entries if entry.status == EntryStatus.PUBLISHED}
        self.changed = frozenset(entry.id for entry in entries)
        phrases = [phrase for entry in shown.values() for phrase in phrases_of(entry)]
        self._lexical = lexical.changed(self.changed, phrases)
        self._dense = ChangedDense(dense, self.changed, phrases)
        self._calibration = rules.calibration
        self.searcher = rules.searcher(self._lexical, self._dense, ChangedCatalogue(published, shown))

    def strength(self, asked: Asked) -> float:
        """Log-odds of the strongest changed entry for a question; word for word is beyond all doubt."""
        state = SearchState(asked.text, date.min)
        for one in (asked, *asked.wordings):
            words = (hit for hit in self._lexical.new(one.terms) if hit.bm25 >= one.least_lexical - SLACK)
            state.add_words(words, one.text)
            state.add_meanings(pair for pair in self._dense.new(one.vector) if pair[1] >= one.least_dense)
        found = state.evidence.values()
        return max((math.inf if one.exact else self._calibration.strength(one) for one in found), default=-math.inf)
