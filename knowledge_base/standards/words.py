"""Standard names: which words stand for them, in which fields, and putting the name in their place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from knowledge_base.content_schema import load_yaml

WORDS_FILE = Path(__file__).parent / "words.yml"


@dataclass(frozen=True)
class StandardName:
    """The name ``to`` use (empty: there is no single one) and ``why``."""

    to: str
    why: str


class StandardNames:
    """The names of some kinds of fields, as read from ``words.yml``.

    >>> StandardNames(standard_words(), ["materials"]).replace("户口本、旧版房产证", "户口本")
    '居民户口簿、旧版房产证'
    """

    def __init__(self, data: Mapping[str, Any], where: Sequence[str]) -> None:
        rows = [row for group in data["groups"] if group["where"] in where for row in group["words"]]
        self._names = {word: StandardName(row.get("to", ""), row["why"]) for row in rows for word in row["from"]}
        right = {word for row in rows for word in (row.get("to"), *row.get("keep", ())) if word}
        words = "|".join(sorted(map(re.escape, right | self._names.keys()), key=len, reverse=True))
        # What is in a longer right name is right: 居民身份证.
        self._words = re.compile(words or r"(?!)")
        self._history = tuple(data["history"])

    def find(self, text: str) -> Iterator[tuple[re.Match[str], StandardName]]:
        """Each word that should be another, in order."""
        for match in self._words.finditer(text):
            name = self._names.get(match.group())
            if name is not None and not text.endswith(self._history, 0, match.start()):
                yield match, name

    def replace(self, text: str, word: str) -> str:
        """The text with the standard name wherever it has the ``word``; as it is where there is no single name."""
        pieces, at = [], 0
        for match, name in self.find(text):
            if match.group() == word and name.to:
                pieces += [text[at : match.start()], name.to]
                at = match.end()
        return "".join([*pieces, text[at:]])


@lru_cache(maxsize=1)
def standard_words() -> dict[str, Any]:
    """What ``words.yml`` says."""
    data: dict[str, Any] = load_yaml(WORDS_FILE)
    return data


@lru_cache(maxsize=8)
def names_for(*where: str) -> StandardNames:
    """The names for some kinds of fields, read once a process."""
    return StandardNames(standard_words(), where)
