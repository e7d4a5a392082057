"""A published entry as it is kept in memory: a fifth of what the row of the database takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from knowledge_base.details import Detail, details_of
from knowledge_base.models import Entry

NO_FACTS: Mapping[str, Any] = {}
NO_POINTS: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class KeptEntry:
    """What is shown of an entry, and when and where it holds; details only that somebody has verified. What is empty in most
    entries is one object for all.
    """

    id: str
    topic: str
    kind: str
    title: str
    question: str
    answer: str
    title_en: str
    summary_en: str
    facts: Mapping[str, Any]
    points: Mapping[str, Any]
    details: Sequence[Detail]
    legal_basis: Sequence[Any]
    related: Sequence[str]
    effective: date | None
    expires: date | None
    region: str

    @classmethod
    def of(cls, row: Entry) -> KeptEntry:
        """What is kept of a row."""
        return cls(
            id=row.id,
            topic=row.topic,
            kind=row.kind,
            title=row.title,
            question=row.question,
            answer=row.answer,
            title_en=row.title_en or "",
            summary_en=row.summary_en or "",
            facts=row.facts or NO_FACTS,
            points=row.points or NO_POINTS,
            details=[one for one in details_of(row.details) if not one.unverified] if row.details else (),
            legal_basis=row.legal_basis or (),
            related=row.related or (),
            effective=row.effective,
            expires=row.expires,
            region=row.region,
        )


class Sayings(NamedTuple):
    """What an entry is found by; needed only until it is indexed. See :class:`knowledge_base.phrases.Phrased`."""

    id: str
    kind: str
    title: str
    question: str
    similar: Sequence[str]
    aliases: Sequence[str]
    answer: str
    asked: Sequence[str]

    @classmethod
    def of(cls, row: Entry) -> Sayings:
        """What a row says; the texts are those of ``KeptEntry``, not copies."""
        phrasings = row.similar or (), row.aliases or ()
        return cls(row.id, row.kind, row.title, row.question, *phrasings, row.answer, row.asked)
