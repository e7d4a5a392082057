"""What the steps of a search are, and what they need of others."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from knowledge_base.index.lexical import LexicalHit
from knowledge_base.phrases import Phrase
from knowledge_base.search.state import SearchState
from knowledge_base.validity import Obstacle
from knowledge_base.vocabulary.words import Expanded


class Step(Protocol):
    """One step of a search."""

    def run(self, state: SearchState) -> None:
        """Read and extend ``state``."""


class LexicalSearch(Protocol):
    """See :class:`knowledge_base.index.lexical.LexicalIndex`."""

    def search(self, question: str, limit: int) -> list[LexicalHit]:
        """Phrases that share terms with the question."""


class DenseSearch(Protocol):
    """See :class:`knowledge_base.index.dense.DenseIndex`."""

    def search(self, question: str, limit: int) -> list[tuple[Phrase, float]]:
        """Phrases near in meaning, with their cosine."""


class EntryCatalogue(Protocol):
    """What search must know of entries beside their phrases."""

    def obstacle(self, entry_id: str, on: date, region: str) -> Obstacle | None:
        """Why the entry may not be shown on that day in that region; None where it may."""

    def names(self, entry_id: str) -> tuple[str, str]:
        """Title and standard question."""


class Vocabulary(Protocol):
    """See :class:`knowledge_base.vocabulary.words.Vocabulary`."""

    def expand(self, text: str) -> Expanded:
        """What to look up for a question in normal form."""
