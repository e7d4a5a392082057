"""What an entry is found by: its title, standard question, similar questions, aliases and answer, one phrase each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

PhraseKind = Literal["title", "question", "similar", "alias", "answer", "whole"]


@dataclass(frozen=True)
class Phrase:
    """One text that leads to an entry. Kind ``whole`` has no text: it stands for the mean of an entry's vectors."""

    entry_id: str
    kind: PhraseKind
    text: str


class Phrased(Protocol):
    """What both a table row and a content file's entry have."""

    @property
    def id(self) -> str:
        """The entry's id."""

    @property
    def title(self) -> str:
        """Official name."""

    @property
    def question(self) -> str:
        """Standard question."""

    @property
    def similar(self) -> Sequence[str]:
        """Similar questions."""

    @property
    def aliases(self) -> Sequence[str]:
        """Colloquial and older names."""

    @property
    def answer(self) -> str:
        """Answer, with placeholders."""


def phrases_of(entry: Phrased) -> Iterator[Phrase]:
    """Every phrase of one entry, best sources first."""
    yield Phrase(entry.id, "title", entry.title)
    yield Phrase(entry.id, "question", entry.question)
    for text in entry.similar:
        yield Phrase(entry.id, "similar", text)
    for text in entry.aliases:
        yield Phrase(entry.id, "alias", text)
    yield Phrase(entry.id, "answer", entry.answer)
