"""Words by their sound: pinyin without tones, and without the differences that many speakers and keyboards do not make."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache

from pypinyin import Style, lazy_pinyin, pinyin

# z/zh, c/ch, s/sh, l/n and a final n/ng are one sound.
_INITIAL = re.compile(r"^([zcs])h")
_FINAL = re.compile(r"(?<=[aeio])ng$")
# Of a character's readings the first two: the others are hardly ever meant.
_READINGS = 2


def alike(syllable: str) -> str:
    """What all syllables have in common that sound alike: ``zheng`` and ``zen`` are ``zen``, ``lan`` and ``nang`` ``nan``."""
    plain = _FINAL.sub("n", _INITIAL.sub(r"\1", syllable.replace("ü", "v")))
    return "n" + plain[1:] if plain.startswith("l") else plain


@lru_cache(maxsize=8192)
def sounds_of(char: str) -> frozenset[str]:
    """The sounds that a character may have."""
    readings = pinyin(char, style=Style.NORMAL, heteronym=True)
    return frozenset(alike(syllable) for syllable in readings[0][:_READINGS]) if readings else frozenset()


class SoundIndex:
    """Finds the words that sound like a run of Chinese characters.

    >>> SoundIndex(["居住证", "身份证"]).words_like("居主证")
    ['居住证']
    """

    def __init__(self, words: Iterable[str]) -> None:
        self._words: defaultdict[tuple[int, str, str], list[tuple[str, tuple[str, ...]]]] = defaultdict(list)
        for word in dict.fromkeys(words):
            sounds = tuple(alike(syllable) for syllable in lazy_pinyin(word))
            if len(sounds) == len(word) >= 2:
                self._words[len(word), sounds[0], sounds[1]].append((word, sounds))

    def words_like(self, run: str) -> list[str]:
        """Every word as long as the run that sounds like it, in the order given; the run itself among them."""
        readings = [sounds_of(char) for char in run]
        return self.words_with(readings) if len(readings) >= 2 else []

    def words_with(self, readings: Sequence[frozenset[str]]) -> list[str]:
        """The same, for at least two characters whose sounds are known."""
        found = (
            entry
            for first in readings[0]
            for second in readings[1]
            for entry in self._words.get((len(readings), first, second), ())
        )
        return [word for word, sounds in found if all(s in may for s, may in zip(sounds, readings, strict=True))]
