"""What the knowledge base gives to those who ask: hits, and published entries with their placeholders filled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from knowledge_base.aspects import Point
from knowledge_base.content_schema import LegalBasis, ServiceFacts
from knowledge_base.details import Detail

Band = Literal["answer", "clarify", "unknown"]


@dataclass(frozen=True)
class SearchHit:
    """One entry found. ``probability`` (0–1) is calibrated: of hits with .8, about four in five are right.

    ``lexical`` is the share of the question's information found in the best phrasing (0–1); ``dense`` is the cosine of
    the sentence vectors (−1–1).
    """

    entry_id: str
    title: str
    question: str
    probability: float
    lexical: float
    dense: float
    matched: str = ""


@dataclass(frozen=True)
class SearchResult:
    """Hits, best first, and what may be done with the best: answer with it, offer it as a choice, or say "I don't know"."""

    question: str
    hits: tuple[SearchHit, ...]
    band: Band
    latency_ms: float


@dataclass(frozen=True)
class PublishedEntry:
    """An entry in force, ready to be shown. ``points``: what it says of single aspects, by their names in ``aspects.yml``;
    ``details``: what it says of cases; ``title_en`` and ``summary_en``: what it is about in English, empty where nobody wrote it.
    """

    id: str
    topic: str
    topic_label: str
    kind: str
    title: str
    question: str
    answer: str
    facts: ServiceFacts | None
    legal_basis: list[LegalBasis]
    related: list[tuple[str, str]]
    effective: date | None
    points: Mapping[str, Point] = field(default_factory=dict)
    details: Sequence[Detail] = ()
    title_en: str = ""
    summary_en: str = ""
