"""One message on its way into a form: what of it has been taken for a field, and what is still free."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import yaml

from nlu.text import simplified

WORDS_FILE = Path(__file__).parent / "ticket_fields.yml"
# Letters, digits and the signs of numbers typed in full width, sign by sign: places in the text stay what they are.
_FULL_WIDTH = {code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))}
_FULL_WIDTH |= {0xFF0B: ord("+"), 0xFF0D: ord("-"), 0xFF0E: ord("."), 0x3000: ord(" ")}
# A dot or a colon between digits belongs to the number.
SEPARATOR = re.compile(r"[\s，,。！!？?；;、（）()\[\]【】…~～]+|(?<!\d)[.：:]{1,8}|[.：:]{1,8}(?!\d)")


@lru_cache(maxsize=1)
def _data() -> Mapping[str, Any]:
    data: Mapping[str, Any] = yaml.safe_load(WORDS_FILE.read_text(encoding="utf-8"))
    return data


def words(*names: str) -> frozenset[str]:
    """The words of these lists of ``ticket_fields.yml``; raises ``KeyError`` where there is no such list."""
    return frozenset(word for name in names for word in str(_data()[name]).split())


def numbers(name: str) -> Mapping[str, float]:
    """The numbers of one of its tables."""
    return {key: float(value) for key, value in _data()[name].items()}


def table(name: str) -> Mapping[str, str]:
    """One of its tables of words."""
    return {str(key): str(value) for key, value in _data()[name].items()}


def any_of(*names: str) -> str:
    """A pattern of the words of these lists, the longer ones first. None is tried twice, so that reading stays linear."""
    return "(?:" + "|".join(re.escape(word) for word in sorted(words(*names), key=lambda w: (-len(w), w))) + ")"


class Message:
    """A text, the same text in plain writing (equally long), and for each character the field that has taken it.

    >>> message = Message("昨晚，解放路")
    >>> message.take(0, 2, "when")
    >>> message.masked(), list(message.free())
    ('，，，解放路', [(3, 6)])
    """

    def __init__(self, text: str) -> None:
        self.text = text
        simple = simplified(text)
        self.plain = (simple if len(simple) == len(text) else text).translate(_FULL_WIDTH)
        self._owners = [""] * len(text)

    def take(self, start: int, end: int, owner: str) -> None:
        """Give a stretch to a field."""
        self._owners[start:end] = [owner] * (end - start)

    def owner(self, at: int) -> str:
        """The field that has the character; empty where none has."""
        return self._owners[at]

    def has(self, owner: str) -> bool:
        """Whether a field has taken anything."""
        return owner in self._owners

    def is_free(self, start: int, end: int) -> bool:
        """Whether no field has a character of this stretch."""
        return not any(self._owners[start:end])

    def masked(self, fill: str = "，") -> str:
        """The plain text with a sign for each character that is taken."""
        return "".join(fill if owner else char for char, owner in zip(self.plain, self._owners, strict=True))

    @cached_property
    def clauses(self) -> list[tuple[int, int]]:
        """Stretches between signs and spaces, whoever has them."""
        found, at = [], 0
        for sign in SEPARATOR.finditer(self.plain):
            found.append((at, sign.start()))
            at = sign.end()
        return [(start, end) for start, end in (*found, (at, len(self.plain))) if end > start]

    def clause_of(self, at: int) -> tuple[int, int]:
        """The clause that a place of the text is in; nothing but the place where a sign stands there."""
        before = bisect_right(self.clauses, (at, len(self.plain))) - 1
        return self.clauses[before] if before >= 0 and at < self.clauses[before][1] else (at, at)

    def free(self) -> Iterator[tuple[int, int]]:
        """Stretches that nobody has taken, each within a clause."""
        for start, stop in self.clauses:
            at = start
            for place in range(start, stop + 1):
                if place == stop or self._owners[place]:
                    if place > at:
                        yield at, place
                    at = place + 1
