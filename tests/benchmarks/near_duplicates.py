"""Texts that share a long piece belong together: one of them in training would give away the other in the test."""

from __future__ import annotations

from collections.abc import Sequence

PIECE = 40


def groups_of(texts: Sequence[str], piece: int = PIECE) -> list[int]:
    """A group number for each text; two that share ``piece`` characters in a row, also through others, have the same."""
    leader = list(range(len(texts)))

    def find(place: int) -> int:
        while leader[place] != place:
            leader[place] = leader[leader[place]]
            place = leader[place]
        return place

    first: dict[int, int] = {}
    for place, text in enumerate(texts):
        for start in range(max(1, len(text) - piece + 1)):
            one, other = find(place), find(first.setdefault(hash(text[start : start + piece]), place))
            leader[max(one, other)] = min(one, other)
    return [find(place) for place in range(len(texts))]
