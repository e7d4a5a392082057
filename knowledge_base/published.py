"""What is published right now, in memory: the entries and both indexes, kept in step one entry at a time."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from knowledge_base.content_schema import LegalBasis, ServiceFacts, fill
from knowledge_base.index.dense import DenseIndex
from knowledge_base.index.lexical import LexicalIndex
from knowledge_base.lifecycle import EntryStatus
from knowledge_base.models import Entry
from knowledge_base.phrases import phrases_of
from knowledge_base.regions import serves
from knowledge_base.results import PublishedEntry
from nlu.tokenizer import Tokenizer

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
        self._rows: dict[str, Entry] = {}
        self._lock = threading.Lock()

    def refresh(self, entry_ids: Sequence[str], rows: Sequence[Entry]) -> None:
        """Make memory agree with the database for ``entry_ids``; ``rows`` are those of them that still exist."""
        with self._lock:
            published = [row for row in rows if row.status == EntryStatus.PUBLISHED]
            self._tokenizer.add_words(name for row in published for name in [row.title, *row.aliases])
            phrases = [phrase for row in published for phrase in phrases_of(row)]
            for row in published:
                self._rows[row.id] = row
            self._lexical.replace(entry_ids, phrases)
            self._dense.replace(entry_ids, phrases)
            for entry_id in set(entry_ids) - {row.id for row in published}:
                self._rows.pop(entry_id, None)

    def in_force(self, entry_id: str, on: date, region: str) -> bool:
        """Whether the entry is published, in force on that day and said for that region."""
        row = self._rows.get(entry_id)
        return row is not None and in_force(row, on, region)

    def names(self, entry_id: str) -> tuple[str, str]:
        """Title and standard question."""
        row = self._rows[entry_id]
        return row.title, row.question

    def get(self, entry_id: str, on: date, region: str) -> PublishedEntry | None:
        """The entry with its placeholders filled, if it is in force on that day in that region."""
        if not self.in_force(entry_id, on, region):
            return None
        row = self._rows[entry_id]
        related = [(other, self._rows[other].question) for other in row.related if self.in_force(other, on, region)]
        return PublishedEntry(
            id=row.id,
            topic=row.topic,
            topic_label=self._topics.get(row.topic, row.topic),
            kind=row.kind,
            title=row.title,
            question=row.question,
            answer=fill(row.answer, self._city),
            facts=ServiceFacts.model_validate(_filled(row.facts, self._city)) if row.facts else None,
            legal_basis=[LegalBasis.model_validate(_filled(basis, self._city)) for basis in row.legal_basis],
            confirm=_filled(row.confirm, self._city),
            related=related,
            effective=row.effective,
        )

    def __len__(self) -> int:
        return len(self._rows)


def in_force(row: Entry, on: date, region: str) -> bool:
    """Whether an entry is valid on that day and said for that region; its status is not looked at."""
    if not serves(row.region, region):
        return False
    return (row.effective is None or row.effective <= on) and (row.expires is None or on < row.expires)
