"""Where a place in one form of a text lies in another form of it: as typed, normalised, typos corrected."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from functools import lru_cache

from nlu.text import normalise

# In characters. A window in which nothing is the same is doubled, but not for ever.
_WINDOW, _WIDEST = 80, 1280


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
    for start, end, first, last in _stretches("".join(map(_folded, text)), "".join(map(_folded, other))):
        for step in range(end - start):
            places[start + step] = first + step * (last - first) // (end - start)
    places[0], places[-1] = 0, len(other)
    return places


def _stretches(one: str, other: str) -> Iterator[tuple[int, int, int, int]]:
    """Stretches of one text (start, end) and those of the other that they are or became, in order; nothing is left out.

    The texts differ here and there only. They are compared a window at a time: all against all takes the square of their
    lengths, and seconds for a text of one character over and over.
    """
    start = first = 0
    window = _WINDOW
    while start < len(one) or first < len(other):
        pieces = one[start : start + window], other[first : first + window]
        codes = SequenceMatcher(None, *pieces, autojunk=False).get_opcodes()
        if start + window < len(one) or first + window < len(other):
            sizes = [end - begin if tag == "equal" else 0 for tag, begin, end, _, _ in codes]
            if not any(sizes) and window < _WIDEST:
                window *= 2
                continue
            # What comes behind the last long stretch that is the same may go on beyond the window.
            sure = [at for at, size in enumerate(sizes) if size and size >= max(sizes) / 4]
            codes = codes[: sure[-1] + 1] if sure else codes
        for _, begin, end, there, until in codes:
            yield start + begin, start + end, first + there, first + until
        start, first, window = start + codes[-1][2], first + codes[-1][4], _WINDOW


@lru_cache(maxsize=4096)
def _folded(char: str) -> str:
    """The normal form of one character where it is one character too, so that Ａ is found again in a."""
    normal = normalise(char)
    return normal if len(normal) == 1 else char
