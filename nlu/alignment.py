"""Where a place in one form of a text lies in another form of it: as typed, normalised, typos corrected."""

from __future__ import annotations

from difflib import SequenceMatcher
from functools import lru_cache

from nlu.text import normalise


def places_in(other: str, text: str) -> list[int]:
    """For each of the ``len(text) + 1`` places between characters of ``text``, the place in ``other``.

    Places never go backwards; the first is 0 and the last is ``len(other)``. Inside a stretch that was replaced by one
    of another length (㎡ → m2), places that have no counterpart fall on the nearest one before.

    >>> places_in("㎡多少", "m2多少")
    [0, 0, 1, 2, 3]
    """
    if text == other:
        return list(range(len(other) + 1))
    places = [0] * (len(text) + 1)
    matcher = SequenceMatcher(None, "".join(map(_folded, text)), "".join(map(_folded, other)), autojunk=False)
    for _, start, end, first, last in matcher.get_opcodes():
        for step in range(end - start):
            places[start + step] = first + step * (last - first) // (end - start)
    places[0], places[-1] = 0, len(other)
    return places


@lru_cache(maxsize=4096)
def _folded(char: str) -> str:
    """The normal form of one character where it is one character too, so that Ａ is found again in a."""
    normal = normalise(char)
    return normal if len(normal) == 1 else char
