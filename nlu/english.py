"""Questions in English: told from Chinese ones, and the Chinese words that they are searched by.

Nothing is translated. ``lexicon/english.yml`` says which Chinese words stand for which English terms; what a question has of
them, in its order, is found by search as if a person had typed these words alone. Runs in Rasa too (Python 3.10).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from nlu.text import normalise
from nlu.vocabulary import LEXICON_DIR, read_yaml

ENGLISH_FILE = LEXICON_DIR / "english.yml"
# A Chinese character says as much as three letters: “iPhone APP怎么下载” is Chinese, “how to renew 居住证” is not.
LETTERS_A_CHARACTER = 3
# Of the words of an English sentence at least this share is in every one of them (how, my, is) or in a term.
KNOWN_SHARE = 1 / 3
# A word of two or three letters alone is as often an abbreviation that Chinese has too.
SHORTEST_ALONE = 4
# Shorter words are one slip away from too many others.
SHORTEST_MISTYPED = 6
_LATIN = re.compile(r"[A-Za-zＡ-Ｚａ-ｚ]")
# No term goes on beyond the end of a sentence: Passport? I lost my wallet.
_PIECE = re.compile(r"[a-z0-9]+|[\u4e00-\u9fff]+|[.?!;\n。？！；]")
_APOSTROPHE = re.compile(r"['’](?:s(?![a-z0-9]))?")
# What is written for a machine: /choose_entry{"entry_id": …}.
_COMMAND = re.compile(r"^\s*[/／]|[{}_=<>\\]")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_INITIALS = ("", *"bpmfdtnlgkhjqxrzcsyw", "zh", "ch", "sh")
_FINALS = (
    *"aeiouv", "ai", "ei", "ui", "ao", "ou", "iu", "ie", "ue", "ve", "er", "an", "en", "in", "un", "vn", "ang", "eng", "ing",
    "ong", "ia", "iao", "ian", "iang", "iong", "ua", "uo", "uai", "uan", "uang",
)  # fmt: skip
_SYLLABLES = frozenset(initial + final for initial in _INITIALS for final in _FINALS)
_LONGEST_SYLLABLE = 6
_END = ""
NEGATION = "not"


class _Found(NamedTuple):
    start: int
    end: int
    chinese: str


def is_english(text: str) -> bool:
    """Whether a message is in English: mostly Latin letters, and words of English sentences or a term that is known.

    Numbers, codes, addresses, pinyin and Chinese with an English word in it are not.

    >>> is_english("how do I renew my passport?"), is_english("APP怎么下载"), is_english("ju zhu zheng zen me ban")
    (True, False, False)
    """
    return bool(_LATIN.search(text)) and not _COMMAND.search(text) and glossary().is_english(_pieces(text))


def to_search_words(text: str) -> str:
    """The Chinese words of all terms in a text, longest terms first, each once, in the order of the text; with what is in
    Chinese already. Empty where there is nothing.

    >>> to_search_words("How long does it take to renew my passport?")
    '多久能办好 护照换发'
    """
    found = " ".join(glossary().chinese(_pieces(text)))
    return " ".join(dict.fromkeys(found.split()))


@lru_cache(maxsize=1)
def glossary() -> Glossary:
    """The terms of ``english.yml``, read once a process."""
    return Glossary(read_yaml(ENGLISH_FILE))


class Glossary:
    """English terms as a tree of words; forms of a word and single slips are led back to the words of terms."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._spellings: dict[str, str] = data["spellings"]
        self._fillers = frozenset(data["fillers"])
        self._in_chinese = frozenset(data["used_in_chinese"])
        self._tree: dict[str, Any] = {}
        terms: dict[tuple[str, ...], str] = {}
        for term, chinese in data["terms"].items():
            terms[tuple(self._words(_pieces(str(term))))] = str(chinese)
        # Two words mean one thing in either order: lost passport, the passport was lost.
        turned = {words[::-1]: chinese for words, chinese in terms.items() if len(words) == 2 and NEGATION not in words}
        for words, chinese in (turned | terms).items():
            node = self._tree
            for word in words:
                node = node.setdefault(word, {})
            node[_END] = chinese
        self._vocabulary = frozenset(_words_below(self._tree))
        self._common = self._fillers.union(data["common"])
        self._slips = _with_slips(word for word in self._vocabulary if len(word) >= SHORTEST_MISTYPED)
        self._forms = lru_cache(maxsize=4096)(self._forms_of)

    def is_english(self, pieces: Sequence[str]) -> bool:
        """See :func:`is_english`."""
        chinese = sum(len(piece) for piece in pieces if _CHINESE.match(piece))
        words = [piece for piece in pieces if piece.isalpha() and piece.isascii()]
        english = [word for word in words if word not in self._in_chinese]
        if not english or sum(map(len, english)) <= LETTERS_A_CHARACTER * chinese:
            return False
        if len(words) == 1:
            return not chinese and len(words[0]) >= SHORTEST_ALONE and any(self.chinese(words))
        known = sum(1 for word in words if word in self._common or self._forms(self._spelled(word)))
        return known >= len(words) * (1 if all(map(_is_pinyin, words)) else KNOWN_SHARE) and known > 0

    def chinese(self, pieces: Sequence[str]) -> Iterator[str]:
        """The Chinese of each term, in order; where terms overlap, of the longer one."""
        words = self._words(pieces)
        found = sorted(self._terms(words), key=lambda one: (one.start - one.end, one.start))
        taken: set[int] = set()
        chosen = []
        for one in found:
            if taken.isdisjoint(range(one.start, one.end)):
                taken |= set(range(one.start, one.end))
                chosen.append(one)
        return (one.chinese for one in sorted(chosen))

    def _terms(self, words: Sequence[str]) -> Iterator[_Found]:
        """The longest term that begins at each word; what is in Chinese stands for itself."""
        for start, word in enumerate(words):
            if _CHINESE.match(word):
                yield _Found(start, start + 1, word)
            elif (best := self._longest(words, start, self._tree)) is not None:
                yield _Found(start, *best)

    def _longest(self, words: Sequence[str], at: int, node: Mapping[str, Any]) -> tuple[int, str] | None:
        """Where the longest term ends that goes on from a node, and its Chinese."""
        best = (at, node[_END]) if _END in node else None
        for form in self._forms(words[at]) if at < len(words) else ():
            below = self._longest(words, at + 1, node[form]) if form in node else None
            if below is not None and (best is None or below[0] > best[0]):
                best = below
        return best

    def _words(self, pieces: Iterable[str]) -> list[str]:
        """The words that terms are made of, as they are spelled there."""
        return [self._spelled(piece) for piece in pieces if piece not in self._fillers]

    def _spelled(self, word: str) -> str:
        return self._spellings.get(word, word)

    def _forms_of(self, word: str) -> tuple[str, ...]:
        """The words of terms that a word is, or is a form of; else those that it is a slip away from."""
        forms = [self._spelled(form) for form in (word, *_bases(word))]
        known = tuple(dict.fromkeys(form for form in forms if form in self._vocabulary))
        return known if known or word in self._common else self._meant(word)

    def _meant(self, word: str) -> tuple[str, ...]:
        """The words of terms that differ in one slip; the first letter is hardly ever mistyped."""
        if len(word) < SHORTEST_MISTYPED - 1 or not word.isalpha():
            return ()
        near = {meant for key in (word, *_shortened(word)) for meant in self._slips.get(key, ())}
        return tuple(sorted(meant for meant in near if meant[0] == word[0] and _one_slip(word, meant)))


def _pieces(text: str) -> list[str]:
    """Words, numbers, runs of Chinese and ends of sentences in order. Addresses of mail and web are left out, and ``'s``;
    don't is dont.
    """
    plain = normalise(text)
    if "@" in plain or "://" in plain or "www." in plain:
        plain = " ".join(part for part in plain.split() if not ("@" in part or "://" in part or "www." in part))
    return _PIECE.findall(_APOSTROPHE.sub("", plain))


def _words_below(node: Mapping[str, Any]) -> Iterator[str]:
    for word, below in node.items():
        if word != _END:
            yield word
            yield from _words_below(below)


def _bases(word: str) -> Iterator[str]:
    """What a word may be the plural, the past or the -ing of."""
    if word.endswith("s") and not word.endswith("ss"):
        yield word[:-1]
        yield from (word[:-3] + "y",) if word.endswith("ies") else (word[:-2],) if word.endswith("es") else ()
    for ending in ("ing", "ed"):
        stem = word.removesuffix(ending)
        if stem != word and len(stem) > 2:
            yield from (stem, stem + "e")
            if stem[-1] == stem[-2]:
                yield stem[:-1]
            if ending == "ed" and stem.endswith("i"):
                yield stem[:-1] + "y"


def _shortened(word: str) -> Iterator[str]:
    """The word without each of its letters."""
    return (word[:place] + word[place + 1 :] for place in range(len(word)))


def _with_slips(words: Iterable[str]) -> dict[str, list[str]]:
    """Words by themselves and by what is left of them without one letter: what differs in one slip shares one of these."""
    found: dict[str, list[str]] = {}
    for word in sorted(words):
        for key in (word, *_shortened(word)):
            found.setdefault(key, []).append(word)
    return found


def _one_slip(typed: str, meant: str) -> bool:
    """Whether one letter was left out, put in, mistaken, or two neighbours were swapped."""
    if len(typed) != len(meant):
        longer, shorter = (typed, meant) if len(typed) > len(meant) else (meant, typed)
        return len(longer) - len(shorter) == 1 and shorter in _shortened(longer)
    wrong = [place for place in range(len(typed)) if typed[place] != meant[place]]
    if len(wrong) == 2:
        first, second = wrong
        return second == first + 1 and typed[first] == meant[second] and typed[second] == meant[first]
    return len(wrong) == 1


@lru_cache(maxsize=4096)
def _is_pinyin(word: str) -> bool:
    """Whether a word can be read as syllables of pinyin; some English ones can, too."""
    ends = {0}
    for at in range(len(word)):
        if at in ends:
            ends |= {at + size for size in range(1, _LONGEST_SYLLABLE + 1) if word[at : at + size] in _SYLLABLES}
    return len(word) in ends
