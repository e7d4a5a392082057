"""Names from the government lexicon (agencies, certificates, materials, events …) and from the catalogue of services."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from nlu.entities.span import Span
from nlu.vocabulary import SHORTEST_SERVICE, TermGroup, named_things, service_items


class TermFinder:
    """Finds the words of term groups in running text, the longest at each place, from left to right.

    A word that stands in two groups belongs to the first. Letters are compared without case.
    """

    def __init__(self, groups: Iterable[TermGroup]) -> None:
        self._terms: dict[str, TermGroup] = {}
        for group in groups:
            for word in group.words:
                self._terms.setdefault(word.lower(), group)
        lengths: dict[str, set[int]] = {}
        for word in self._terms:
            lengths.setdefault(word[0], set()).add(len(word))
        # By a word's first character the lengths that are worth a look, the longest first.
        self._lengths = {char: sorted(found, reverse=True) for char, found in lengths.items()}

    def find(self, text: str) -> list[Span]:
        """Every term, in order and not overlapping; the value is the standard name, the kind its group's."""
        lower = text.lower()
        if len(lower) != len(text):
            lower = text
        spans, at = [], 0
        while at < len(lower):
            end = self._end(lower, at)
            if end:
                group = self._terms[lower[at:end]]
                spans.append(Span(at, end, text[at:end], group.words[0], group.label))
            at = end or at + 1
        return spans

    def _end(self, text: str, start: int) -> int:
        """Where the longest term that begins here ends; 0 where none does."""
        for length in self._lengths.get(text[start], ()):
            end = start + length
            word = text[start:end]
            if (
                len(word) == length
                and word in self._terms
                and not _cuts_word(text, start)
                and not _cuts_word(text, end)
            ):
                return end
        return 0


def _cuts_word(text: str, place: int) -> bool:
    """Whether a word in Latin letters or a number goes on across this place."""
    return 0 < place < len(text) and all(char.isascii() and char.isalnum() for char in text[place - 1 : place + 1])


@lru_cache(maxsize=1)
def _finder() -> TermFinder:
    return TermFinder(named_things())


def find_lexicon_terms(text: str) -> list[Span]:
    """Every term of ``lexicon/terms/*.yml``, in order and not overlapping."""
    return _finder().find(text)


@lru_cache(maxsize=1)
def _service_finder() -> TermFinder:
    return TermFinder(service_items())


def find_service_items(text: str) -> list[Span]:
    """Every service that is called by a name of the catalogue, in order; the value is the official name."""
    return [span for span in _service_finder().find(text) if len(span.text) >= SHORTEST_SERVICE]
