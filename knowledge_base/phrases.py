"""What an entry is found by: its title, standard question, similar questions, what was asked of cases, aliases and answer.

A passage of a policy document has its sentences in place of questions: they say what holds, and not what is asked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

PhraseKind = Literal["title", "question", "similar", "alias", "answer", "whole", "case"]
PASSAGE = "passage"
# Of a long text the first sentences lead to it; what is shorter says nothing by itself.
SENTENCES, SENTENCE_CHARACTERS, SHORTEST_SENTENCE = 12, 120, 4
_SENTENCE = re.compile(r"[^。；！？\n]+")


@dataclass(frozen=True)
class Phrase:
    """One text that leads to an entry. Kind ``whole`` has no text: it stands for the mean of an entry's vectors.

    ``passage``: the entry is a passage of a policy document.
    """

    entry_id: str
    kind: PhraseKind
    text: str
    passage: bool = False


class Phrased(Protocol):
    """What both a table row and a content file's entry have."""

    @property
    def id(self) -> str:
        """The entry's id."""

    @property
    def kind(self) -> str:
        """``entry``, ``service_item`` or ``passage``."""

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
    def asked(self) -> Sequence[str]:
        """What people asked of their own cases (:mod:`knowledge_base.details`)."""

    @property
    def aliases(self) -> Sequence[str]:
        """Colloquial and older names."""

    @property
    def answer(self) -> str:
        """Answer, with placeholders."""


def phrases_of(entry: Phrased) -> Iterator[Phrase]:
    """Every phrase of one entry, best sources first."""
    passage = entry.kind == PASSAGE
    yield Phrase(entry.id, "title", entry.title, passage)
    yield Phrase(entry.id, "question", entry.question, passage)
    for text in entry.similar:
        yield Phrase(entry.id, "similar", text, passage)
    for text in entry.asked:
        yield Phrase(entry.id, "case", text, passage)
    for text in entry.aliases:
        yield Phrase(entry.id, "alias", text, passage)
    yield Phrase(entry.id, "answer", entry.answer, passage)


def sentences(text: str, bare: Callable[[str], str] = str.strip) -> list[str]:
    """The first sentences of ``text`` that say something, each once; ``bare`` takes numbers and marks off."""
    found = (bare(sentence) for sentence in _SENTENCE.findall(text))
    kept = (sentence[:SENTENCE_CHARACTERS] for sentence in found if len(sentence) >= SHORTEST_SENTENCE)
    return list(dict.fromkeys(kept))[:SENTENCES]
