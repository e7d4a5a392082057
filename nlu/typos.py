"""Correcting what people mistype in questions to their government: known confusions, letters for words, homophones, look-alikes.

Ordinary text is left alone: a wrong form must stand as words of its own, what was mistyped by ear or eye must be like one
term of the lexicon only, and characters of words that the dictionary knows are never changed so.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate
from typing import Any, NamedTuple

from nlu.shapes import ShapeIndex
from nlu.sounds import SoundIndex
from nlu.tokenizer import frequency, known_pieces
from nlu.vocabulary import LEXICON_DIR, TermGroup, named_things, read_yaml, synonym_groups

TYPOS_FILE = LEXICON_DIR / "typos.yml"
# Terms by sound: shorter ones have too many homophones, longer ones are phrases.
SHORTEST, LONGEST = 3, 6
# Of jieba's 60 million words; a character that is so frequent as a word (的, 在, 去) is one, and not mistyped.
FREQUENT = 50_000
_CHINESE = re.compile(r"[\u4e00-\u9fa5]+")
_LATIN = re.compile(r"[A-Za-z]")
# Letters beside these are part of an address or of a longer word.
_OUTSIDE = r"[A-Za-z0-9.@/_-]"


@dataclass(frozen=True)
class Corrected:
    """A text after correction, and what was changed in it: (as typed, as meant)."""

    text: str
    changes: list[tuple[str, str]] = field(default_factory=list)


class _Change(NamedTuple):
    start: int
    end: int
    new: str


def correct(text: str) -> Corrected:
    """The text with its typos corrected; a text without typos comes back as it is. Twice changes nothing more."""
    return corrector().correct(text)


@lru_cache(maxsize=1)
def corrector() -> Corrector:
    """The corrector with the words of the lexicon, read once a process."""
    return Corrector(read_yaml(TYPOS_FILE), named_things(), synonym_groups())


class Corrector:
    """Corrects with the words of ``typos.yml``, and terms of the lexicon that are mistyped by ear or by eye."""

    def __init__(self, words: Mapping[str, Any], things: Sequence[TermGroup], synonyms: Sequence[TermGroup]) -> None:
        self._right = {wrong: right for right, forms in words["confusions"].items() for wrong in forms}
        self._wrong = re.compile(rf"(?<!\d)(?:{_any_of(self._right)})")  # 2012年捡到 is no 年检
        self._letters = [_LetterWord.of(row) for row in words["letters"]]
        self._known = frozenset(words["words"]).union(word for group in (*things, *synonyms) for word in group.words)
        # Of synonyms only the official term: the others are phrases of daily life, and sound like many more.
        terms = [*things, *(TermGroup(group.label, group.words[:1]) for group in synonyms)]
        self._single = frozenset(words["single"])
        self._terms = _Terms(terms, frozenset(self._right))

    def correct(self, text: str) -> Corrected:
        """See :func:`correct`."""
        changes: list[tuple[str, str]] = []
        for find in (self._letter_words, self._confusions, self._mistaken_terms):
            text = _applied(text, list(find(text)), changes)
        return Corrected(text, changes)

    def _letter_words(self, text: str) -> Iterator[_Change]:
        if not _LATIN.search(text):
            return
        at = 0
        found = sorted((c for row in self._letters for c in row.find(text)), key=lambda c: (c.start, -c.end))
        for change in found:
            if change.start >= at:
                yield change
                at = change.end

    def _confusions(self, text: str) -> Iterator[_Change]:
        if not self._wrong.search(text):
            return
        edges = set(accumulate(map(len, known_pieces(text)), initial=0))
        at = 0
        while m := self._wrong.search(text, at):
            alone = m.start() in edges and m.end() in edges
            if alone:
                yield _Change(m.start(), m.end(), self._right[m.group()])
            at = m.end() if alone else m.start() + 1

    def _mistaken_terms(self, text: str) -> Iterator[_Change]:
        pieces = known_pieces(text)
        edges = list(accumulate(map(len, pieces), initial=0))
        # Characters that stand alone: where a word was mistyped the dictionary knows none.
        loose = [len(piece) == 1 and piece not in self._single and _is_rare(piece) for piece in pieces for _ in piece]
        if not any(loose):
            return
        at = 0
        for i, start in enumerate(edges[:-1]):
            if start < at:
                continue
            for end in reversed(edges[i + 1 : i + 1 + LONGEST]):
                if SHORTEST <= end - start <= LONGEST and any(loose[start:end]):
                    term = self._meant(text[start:end], loose[start:end])
                    if term:
                        yield _Change(start, end, term)
                        at = end
                        break

    def _meant(self, run: str, loose: Sequence[bool]) -> str:
        """The one term that the run was meant to be, if only loose characters differ; else nothing."""
        if run in self._known or not _CHINESE.fullmatch(run):
            return ""
        return next((term for term in self._terms.like(run, loose) if _only_loose(run, term, loose)), "")


def _only_loose(run: str, term: str, loose: Sequence[bool]) -> bool:
    """Whether the term keeps a character of the run, and differs from it in loose ones only."""
    changed = [a != b for a, b in zip(run, term, strict=True)]
    return not all(changed) and all(may for differs, may in zip(changed, loose, strict=True) if differs)


class _Terms:
    """The lexicon's terms, found by their sound or look."""

    def __init__(self, groups: Iterable[TermGroup], wrong: Collection[str]) -> None:
        self._groups: defaultdict[str, set[int]] = defaultdict(set)
        words: list[str] = []
        for number, group in enumerate(groups):
            for word in group.words:
                # The lexicon also holds wrong forms, as ways that people say a thing.
                if SHORTEST <= len(word) <= LONGEST and word not in wrong and _CHINESE.fullmatch(word):
                    self._groups[word].add(number)
                    words.append(word)
        self._sounds, self._shapes = SoundIndex(words), ShapeIndex(words)

    def like(self, run: str, loose: Sequence[bool]) -> Iterator[str]:
        """The term that sounds like the run, then the one that looks like it: each the only one, or the first of those
        that mean the same. ``loose``: the characters that may be mistyped.
        """
        words = self._sounds.words_like(run)
        if run in words:
            return
        yield from self._one_of(words)
        yield from self._one_of(self._shapes.words_like(run, (place for place, may in enumerate(loose) if may)))

    def _one_of(self, words: Sequence[str]) -> list[str]:
        shared = bool(words) and set.intersection(*(self._groups[word] for word in words))
        return [words[0]] if shared else []


@dataclass(frozen=True)
class _LetterWord:
    """Letters that people type for a word, and where they mean it."""

    pattern: re.Pattern[str]
    word: str
    joined: Mapping[str, str]

    @staticmethod
    def of(row: Mapping[str, Any]) -> _LetterWord:
        """A row of ``letters``."""
        letters = rf"(?<!{_OUTSIDE}){re.escape(row['letters'])}(?!{_OUTSIDE})"
        places = []
        if "joined" in row:
            places.append(rf"{letters} ?(?P<joined>{_any_of(row['joined'])})")
        if "after" in row:
            places += [rf"(?<={word}){letters}" for word in row["after"]]
        if "before" in row:
            places.append(rf"{letters}(?={_any_of(row['before'])})")
        return _LetterWord(re.compile("|".join(places) or letters, re.IGNORECASE), row["word"], row.get("joined", {}))

    def find(self, text: str) -> Iterator[_Change]:
        """Every place where the letters mean the word."""
        for m in self.pattern.finditer(text):
            joined = m.groupdict().get("joined")
            yield _Change(m.start(), m.end(), self.joined[joined] if joined else self.word)


def _any_of(words: Iterable[str]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


@lru_cache(maxsize=4096)
def _is_rare(char: str) -> bool:
    """Whether a character that stands alone may be part of a mistyped word."""
    return _CHINESE.fullmatch(char) is not None and frequency(char) < FREQUENT


def _applied(text: str, found: Sequence[_Change], changes: list[tuple[str, str]]) -> str:
    pieces, at = [], 0
    for change in found:
        pieces += [text[at : change.start], change.new]
        changes.append((text[change.start : change.end], change.new))
        at = change.end
    return "".join([*pieces, text[at:]])
