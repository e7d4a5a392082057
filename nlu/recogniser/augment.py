"""The same sentences with other names and numbers: who is spoken of tells nothing about where a name stands."""

from __future__ import annotations

import random
from collections.abc import Sequence

from nlu.recogniser.characters import Characters, characters
from nlu.recogniser.corpus import OUTSIDE, Sentence, marks, spans

SEED = 1
# Of the names that are put in place of Chinese ones: foreign ones, names of the corpus, with a compound family name; of
# the others six in ten have a common family name, and nine characters in ten are such as stand in given names.
FOREIGN, WRITTEN, COMPOUND, COMMON, USUAL = 0.2, 0.12, 0.05, 0.6, 0.9
COMMON_FAMILIES = 60
RARE = range(2, 200)
DIGITS, NUMERALS = "123456789", "一二三四五六七八九"


class Augmenter:
    """Makes sentences with other names; always the same ones for one seed."""

    def __init__(self, sentences: Sequence[Sentence], seed: int = SEED) -> None:
        self._chooser = random.Random(seed)  # noqa: S311 - not for security
        self._known: Characters = characters()
        self._given = list(self._known.given)
        self._weights = [self._known.given[char] for char in self._given]
        self._rare = [
            char for char, count in self._known.everywhere.items() if count in RARE and "\u4e00" <= char <= "\u9fff"
        ]
        names = {s.text[a:b] for s in sentences for a, b, kind in spans(s.tags) if kind == "name"}
        self._written = sorted(name for name in names if len(name) <= 3 and self._is_chinese(name))

    def others(self, sentences: Sequence[Sentence], times: int) -> list[Sentence]:
        """``times`` sentences for each that has a name or a house, and one for each of the others that has numbers."""
        found: list[Sentence] = []
        for one in sentences:
            if any(tag != OUTSIDE for tag in one.tags):
                found += [self._other(one) for _ in range(times)]
            elif (text := self._house(one.text)) != one.text:
                found.append(Sentence(one.pen, text, one.tags))
        return found

    def _other(self, sentence: Sentence) -> Sentence:
        text, tags, at = "", [], 0
        same: dict[str, str] = {}
        for start, end, kind in spans(sentence.tags):
            old = sentence.text[start:end]
            new = same.setdefault(old, self._name(old) if kind == "name" else self._house(old))
            text += sentence.text[at:start] + new
            tags += [*sentence.tags[at:start], *marks(kind, len(new))]
            at = end
        return Sentence(sentence.pen, text + sentence.text[at:], (*tags, *sentence.tags[at:]))

    def _is_chinese(self, name: str) -> bool:
        return name[:1] in self._known.single or name[:2] in self._known.compound

    def _name(self, old: str) -> str:
        chooser = self._chooser
        if len(old) > 4 or not self._is_chinese(old) or chooser.random() < FOREIGN:
            return chooser.choice(self._known.other_names)
        if chooser.random() < WRITTEN:
            return chooser.choice(self._written)
        long_family = len(old) > 2 and old[:2] in self._known.compound
        given = max(1, min(2, len(old) - (2 if long_family else 1)))
        return self._family() + "".join(self._character() for _ in range(given))

    def _family(self) -> str:
        known, chooser = self._known, self._chooser
        if chooser.random() < COMPOUND:
            return chooser.choice(sorted(known.compound))
        singles = list(known.single)
        return chooser.choice(singles[:COMMON_FAMILIES] if chooser.random() < COMMON else singles)

    def _character(self) -> str:
        if self._chooser.random() < USUAL:
            return self._chooser.choices(self._given, self._weights)[0]
        return self._chooser.choice(self._rare)

    def _house(self, old: str) -> str:
        pick = self._chooser.choice
        return "".join(pick(DIGITS) if char in DIGITS else pick(NUMERALS) if char in NUMERALS else char for char in old)
