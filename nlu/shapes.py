"""Words by their look: what a hand, a scan or a stroke keyboard writes for them (``lexicon/shapes.yml``)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache

from nlu.vocabulary import LEXICON_DIR, read_yaml

SHAPES_FILE = LEXICON_DIR / "shapes.yml"


@lru_cache(maxsize=1)
def alike_by_shape() -> dict[str, str]:
    """Each character of the table with those that look like it."""
    found: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for group in read_yaml(SHAPES_FILE)["alike"]:
        for char in group:
            found[char] |= dict.fromkeys(other for other in group if other != char)
    return {char: "".join(others) for char, others in found.items()}


class ShapeIndex:
    """Finds the words that differ from a run in one character that looks like the right one, at given places.

    >>> ShapeIndex(["居住证", "身份证"]).words_like("居往证", [1])
    ['居住证']
    """

    def __init__(self, words: Iterable[str]) -> None:
        self._words = frozenset(words)

    def words_like(self, run: str, places: Iterable[int]) -> list[str]:
        """Every such word, by the place of the character."""
        alike = alike_by_shape()
        found: list[str] = []
        for place in places:
            for other in alike.get(run[place], ""):
                if (meant := run[:place] + other + run[place + 1 :]) in self._words:
                    found.append(meant)
        return found
