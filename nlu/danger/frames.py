"""Who, what happens, to whom, now or long ago, told or asked about: a text as the row of its classes of words.

The classes are data (``frames.yml``). 准备跳湖 and 打算跳海 share one character but have the same row, so that what is learned of
one holds for the other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from nlu.text import normalise
from nlu.vocabulary import read_yaml

FRAMES_FILE = Path(__file__).parent / "frames.yml"
_LATIN = re.compile("[a-z]")


@lru_cache(maxsize=1)
def _classes() -> dict[str, list[str]]:
    """Each word's classes."""
    classes: dict[str, list[str]] = {}
    for name, words in read_yaml(FRAMES_FILE).items():
        for word in words:
            classes.setdefault(str(word), []).append(name)
    return classes


@lru_cache(maxsize=1)
def _longest() -> tuple[int, int]:
    """How long the longest words are: Chinese and Latin ones."""
    words = _classes()
    return max(len(word) for word in words if not word.isascii()), max(len(word) for word in words if word.isascii())


def _found(text: str) -> Iterator[list[str]]:
    """The classes of the longest known word at each place, from left to right."""
    classes, (chinese, latin) = _classes(), _longest()
    at = 0
    while at < len(text):
        ascii_here = text[at].isascii()
        for length in range(min(latin if ascii_here else chinese, len(text) - at), 0, -1):
            word = text[at : at + length]
            if word in classes and not (ascii_here and _inside_word(text, at, at + length)):
                yield classes[word]
                at += length
                break
        else:
            at += 1


def _inside_word(text: str, start: int, end: int) -> bool:
    """Whether Latin letters go on before or behind: no word of its own."""
    return bool(_LATIN.match(text[start - 1 : start]) or _LATIN.match(text[end : end + 1]))


def frames(text: str) -> list[str]:
    """The classes in a text, and which follow each other directly or with one between.

    >>> frames("打算跳湖")
    ['want', 'jump', 'water', 'want>jump', 'jump>water', 'want>>water']
    """
    plain = normalise(text)
    # Spaces between Chinese characters are somebody's way of typing; between English words they are needed.
    joined = plain if _LATIN.search(plain) else plain.replace(" ", "")
    found = list(_found(joined))
    next_ = [f"{one}>{two}" for before, after in pairwise(found) for one in before for two in after]
    second = [
        f"{one}>>{two}" for before, after in zip(found, found[2:], strict=False) for one in before for two in after
    ]
    return [name for names in found for name in names] + next_ + second
