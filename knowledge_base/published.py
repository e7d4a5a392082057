"""What is published right now, in memory: the entries and both indexes, kept in step one entry at a time."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import Any

from knowledge_base.aspects import points_of
from knowledge_base.content_schema import LegalBasis, ServiceFacts, fill
from knowledge_base.index.dense import DenseIndex
from knowledge_base.index.lexical import LexicalIndex
from knowledge_base.kept_entry import KeptEntry, Sayings
from knowledge_base.lifecycle import EntryStatus
from knowledge_base.models import Entry
from knowledge_base.phrases import Phrase, phrases_of
from knowledge_base.rates import on_day
from knowledge_base.results import PublishedEntry
from knowledge_base.validity import Obstacle, obstacle
from nlu.tokenizer import Tokenizer

# Entries indexed at once at a start: their vectors and terms are in memory together.
AT_ONCE = 4_000
City = Mapping[str, Mapping[str, str]]


def _filled(value: Any, city: City) -> Any:
    """``value`` with every placeholder in every string replaced by the city's own value."""
    if isinstance(value, str):
        return fill(value, city)
    if isinstance(value, dict):
        return {key: _filled(item, city) for key, item in value.items()}
    if isinstance(value, list):
        return [_filled(item, city) for item in value]
    return value


class PublishedEntries:
    """The published entries; also the :class:`~knowledge_base.search.EntryCatalogue` that search asks."""

    def __init__(
        self, lexical: LexicalIndex, dense: DenseIndex, tokenizer: Tokenizer, city: City, topics: Mapping[str, str]
    ) -> None:
        self._lexical = lexical
        self._dense = dense
        self._tokenizer = tokenizer
        self._city = city
        self._topics = topics
        self._rows: dict[str, KeptEntry] = {}
        # What a snapshot says of the words of each entry; empty where they are as the meanings are.
        self.restored: Mapping[str, int] = {}
        self._changed: set[str] = set()
        self._lock = threading.Lock()

    def load(self, rows: Iterable[Entry], progress: Callable[[float], None] = lambda share: None) -> None:
        """Make memory agree with ``rows``, all that is published; only entries that say something else are indexed anew.

        Rows are read while nothing else can change: who publishes meanwhile waits, and is not overwritten.
        """
        with self._lock, self._lexical.filling():
            kept, sayings = dict[str, KeptEntry](), list[Sayings]()
            for row in rows:
                kept[row.id] = KeptEntry.of(row)
                sayings.append(Sayings.of(row))
            self._tokenizer.add_words(name for row in sayings for name in [row.title, *row.aliases])
            meant = self._dense.states()
            said, self.restored = self.restored or meant, {}
            gone = (said.keys() | meant.keys()) - kept.keys()
            self._changed |= gone
            if gone:
                self._lexical.replace(gone, [])
                self._dense.replace(gone, [])
            for count, some in enumerate(batched(sayings, AT_ONCE)):
                progress(count * AT_ONCE / len(kept))
                phrases = [phrase for row in some for phrase in phrases_of(row)]
                says = self._dense.adopt(phrases)
                meant = self._dense.states_of(says)
                words = {name for name, state in says.items() if said.get(name) != state}
                meanings = {name for name, state in says.items() if meant.get(name) != state}
                self._changed |= words | meanings
                if words:
                    self._lexical.replace(words, [one for one in phrases if one.entry_id in words])
                if meanings:
                    self._dense.replace(meanings, [one for one in phrases if one.entry_id in meanings])
            self._rows = kept
            self._dense.settle(os.cpu_count() or 1)

    def refresh(self, entry_ids: Sequence[str], rows: Sequence[Entry]) -> None:
        """Make memory agree with the database for ``entry_ids``; ``rows`` are those of them that still exist."""
        with self._lock:
            self._changed |= set(entry_ids)
            published = [row for row in rows if row.status == EntryStatus.PUBLISHED]
            self._tokenizer.add_words(name for row in published for name in [row.title, *row.aliases])
            phrases = [phrase for row in published for phrase in phrases_of(row)]
            for row in published:
                self._rows[row.id] = KeptEntry.of(row)
            self._lexical.replace(entry_ids, phrases)
            self._dense.replace(entry_ids, phrases)
            for entry_id in set(entry_ids) - {row.id for row in published}:
                self._rows.pop(entry_id, None)

    def begin(self) -> dict[str, int]:
        """What both indexes say of every entry now, as numbers; changes are noted from here on."""
        with self._lock:
            self._changed = set()
            return self._dense.states()

    def changed(self) -> set[str]:
        """The entries that changed since ``begin``, or are changing."""
        return set(self._changed)

    def in_force(self, entry_id: str, on: date, region: str) -> bool:
        """Whether the entry is published, in force on that day and said for that region."""
        return self.obstacle(entry_id, on, region) is None

    def obstacle(self, entry_id: str, on: date, region: str) -> Obstacle | None:
        """Why the entry may not be shown on that day in that region; None where it may."""
        row = self._rows.get(entry_id)
        return Obstacle("unpublished") if row is None else obstacle(row, on, region)

    def names(self, entry_id: str) -> tuple[str, str]:
        """Title and standard question."""
        row = self._rows[entry_id]
        return row.title, row.question

    def title(self, entry_id: str) -> str:
        """The entry's title; its id where it was unpublished meanwhile."""
        row = self._rows.get(entry_id)
        return entry_id if row is None else row.title

    def terms(self, text: str) -> list[str]:
        """The terms that a text is searched by."""
        return self._tokenizer.terms(text)

    def like(self, text: str, limit: int) -> list[tuple[Phrase, float, float]]:
        """Published phrases that share most words or meaning with a text: with the share of words (Dice, 0–1) and the cosine,
        0 where an index did not give them.
        """
        words = {hit.phrase: hit.dice for hit in self._lexical.search(text, limit)}
        near = dict(self._dense.search(text, limit))
        return [(phrase, words.get(phrase, 0.0), near.get(phrase, 0.0)) for phrase in words | near]

    def get(self, entry_id: str, on: date, region: str) -> PublishedEntry | None:
        """The entry with its placeholders filled, if it is in force on that day in that region."""
        if not self.in_force(entry_id, on, region):
            return None
        row, city = self._rows[entry_id], on_day(self._city, on)
        related = [(other, self._rows[other].question) for other in row.related if self.in_force(other, on, region)]
        return PublishedEntry(
            id=row.id,
            topic=row.topic,
            topic_label=self._topics.get(row.topic, row.topic),
            kind=row.kind,
            title=row.title,
            question=row.question,
            answer=fill(row.answer, city),
            title_en=fill(row.title_en, city),
            summary_en=fill(row.summary_en, city),
            facts=ServiceFacts.model_validate(_filled(row.facts, city)) if row.facts else None,
            points=points_of(_filled(row.points, city)),
            details=[one.filled(lambda text: fill(text, city)) for one in row.details],
            legal_basis=[LegalBasis.model_validate(_filled(basis, city)) for basis in row.legal_basis],
            related=related,
            effective=row.effective,
        )

    def __len__(self) -> int:
        return len(self._rows)


def batched(rows: Iterable[Sayings], size: int) -> Iterator[list[Sayings]]:
    """The rows, so many at a time."""
    left = iter(rows)
    while some := list(islice(left, size)):
        yield some
