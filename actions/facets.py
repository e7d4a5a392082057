"""What can be asked about an item (materials, fee …), how it is recognised and named: ``facets.yml``, compiled once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

FACETS_FILE = Path(__file__).parent / "facets.yml"


@dataclass(frozen=True)
class Facet:
    """One kind of follow-up question. ``name`` is also the field of ``ServiceFacts`` (but for ``legal_basis``), ``aspect`` its
    name among all points that an entry may have (:mod:`knowledge_base.aspects`).
    """

    name: str
    aspect: str
    label: str
    intent: str
    lead: str
    words: re.Pattern[str]
    unless: tuple[str, ...]

    def asked_in(self, text: str) -> bool:
        """Whether the (normalised) text asks for this facet."""
        return bool(self.words.search(text)) and not any(word in text for word in self.unless)


@dataclass(frozen=True)
class FacetCatalogue:
    """Every facet in display order, and the words around them."""

    facets: Mapping[str, Facet]
    by_intent: Mapping[str, str]
    function_words: re.Pattern[str]
    switches: tuple[re.Pattern[str], ...]
    questions: tuple[re.Pattern[str], ...]
    interjections: frozenset[str]

    def aspect_of(self, facet: str) -> str:
        """The aspect that a facet stands for; what is no facet is an aspect already."""
        return self.facets[facet].aspect if facet in self.facets else facet

    def facet_of(self, aspect: str) -> str:
        """The facet that stands for an aspect, or empty."""
        return next((facet.name for facet in self.facets.values() if facet.aspect == aspect), "")


def _facet(name: str, data: Mapping[str, Any]) -> Facet:
    words = re.compile("|".join(f"(?:{word})" for word in data["words"]))
    unless = tuple(data.get("unless", ()))
    return Facet(name, data.get("aspect", name), data["label"], data["intent"], data["lead"], words, unless)


@lru_cache(maxsize=1)
def load_facets(path: Path = FACETS_FILE) -> FacetCatalogue:
    """The catalogue; raises ``re.error`` or ``KeyError`` where the file is wrong."""
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    facets = {name: _facet(name, facet) for name, facet in data["facets"].items()}
    longest_first = sorted(map(str, data["function_words"]), key=len, reverse=True)
    return FacetCatalogue(
        facets=facets,
        by_intent={facet.intent: facet.name for facet in facets.values()},
        function_words=re.compile("|".join(map(re.escape, longest_first))),
        switches=tuple(map(re.compile, data["switches"])),
        questions=tuple(map(re.compile, data["questions"])),
        interjections=frozenset(data["interjections"]),
    )
