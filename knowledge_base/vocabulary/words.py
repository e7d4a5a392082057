"""What the vocabulary does to a question: typos are replaced, local names and synonyms also asked in other words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Literal, NamedTuple

from nlu.text import normalise

Kind = Literal["synonym", "local_name", "typo"]
KINDS: Mapping[Kind, str] = {"local_name": "本地叫法", "synonym": "同义词", "typo": "错别字"}
# Each other wording of a question costs one more search.
MOST_WORDINGS = 4
# Stands for the vocabulary among the ids of changed entries that processes tell each other.
CHANGED = "*vocabulary"


@dataclass(frozen=True)
class Term:
    """``words`` that stand for the ``official`` one. Synonyms stand for each other too."""

    kind: Kind
    words: tuple[str, ...]
    official: str


@dataclass(frozen=True)
class Expanded:
    """A question without typos, other ``wordings`` of it, and what led to them (as asked, as put)."""

    text: str
    wordings: tuple[str, ...] = ()
    replaced: tuple[tuple[str, str], ...] = ()
    added: tuple[tuple[str, str], ...] = ()


class Vocabulary:
    """Terms that are in force; never changed, only replaced as a whole.

    >>> Vocabulary([Term("local_name", ("绿宝卡",), "居住证")]).expand("绿宝卡怎么办").wordings
    ('居住证怎么办',)
    """

    def __init__(self, terms: Iterable[Term] = ()) -> None:
        typos: dict[str, list[str]] = {}
        others: dict[str, list[str]] = {}
        for term in terms:
            _learn(typos if term.kind == "typo" else others, term)
        self._typos, self._others = _Replacer(typos), _Replacer(others)
        self._empty = not typos and not others

    def expand(self, text: str) -> Expanded:
        """What to look up for a question in normal form."""
        if self._empty:
            return Expanded(text)
        typos = self._typos.find(text)
        text = _put(text, [(one, one.others[0]) for one in typos])
        found = self._others.find(text)
        wordings = (
            _put(text, [(one, word or one.others[-1]) for one, word in zip(found, words, strict=True)])
            for words in _rounds([one.others for one in found])
        )
        return Expanded(
            text,
            tuple(dict.fromkeys(wordings)),
            tuple((one.word, one.others[0]) for one in typos),
            tuple((one.word, "、".join(one.others[:MOST_WORDINGS])) for one in found),
        )


class LiveVocabulary:
    """The vocabulary of this process: ``current`` is replaced when staff change it, while searches go on."""

    def __init__(self) -> None:
        self.current = Vocabulary()

    def expand(self, text: str) -> Expanded:
        """As the present vocabulary does."""
        return self.current.expand(text)


class _Found(NamedTuple):
    start: int
    word: str
    others: Sequence[str]


class _Replacer:
    """Finds words with what may stand in their place; longer words first, so that 居住证 is not 居住 and 证."""

    def __init__(self, words: Mapping[str, Sequence[str]]) -> None:
        self._words = words
        self._by_first: dict[str, list[str]] = defaultdict(list)
        for word in sorted(words, key=len, reverse=True):
            self._by_first[word[0]].append(word)

    def find(self, text: str) -> list[_Found]:
        found, end = [], 0
        for at, first in enumerate(text):
            if at < end or first not in self._by_first:
                continue
            word = next((word for word in self._by_first[first] if _stands_at(text, at, word)), "")
            if word:
                end = at + len(word)
                if others := self._words[word]:
                    found.append(_Found(at, word, others))
        return found


def _stands_at(text: str, at: int, word: str) -> bool:
    """Letters and digits stand for themselves only where no others adjoin: gjj is not in gjjz."""
    end = at + len(word)
    if not text.startswith(word, at):
        return False
    before, after = text[at - 1 : at] if at else "", text[end : end + 1]
    return not (_joins(before) and _joins(word[0])) and not (_joins(after) and _joins(word[-1]))


def _joins(char: str) -> bool:
    return char.isascii() and char.isalnum()


def _learn(words: dict[str, list[str]], term: Term) -> None:
    official, said = normalise(term.official), [normalise(word) for word in term.words]
    group = [official, *said] if term.kind == "synonym" else [official]
    for word in (*said, official):
        # An official word that has no other is known too: it must not be taken apart.
        known = words.setdefault(word, [])
        known += [other for other in group if other != word and other not in known]


def _rounds(found: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
    """The first other word of each place, then the second of each …; a place without more gives nothing."""
    return list(zip_longest(*found, fillvalue=""))[:MOST_WORDINGS] if found else []


def _put(text: str, changes: Iterable[tuple[_Found, str]]) -> str:
    pieces, at = [], 0
    for one, word in changes:
        pieces += [text[at : one.start], word]
        at = one.start + len(one.word)
    return "".join([*pieces, text[at:]])
