"""The terms of an index's phrases as numbers, how many phrases have each, and what a term tells."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from knowledge_base.index.growing import Growing, check_offsets, ends_of, gathered, read_array

Numbers = npt.NDArray[np.uint32]
Frequencies = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]
REMEMBERED_TERMS = 200_000
# What a character bigram tells, in proportion to a word that is as rare.
BIGRAM_MARK, BIGRAM_WEIGHT = "#", 0.5


class Vocabulary:
    """Terms by number; a term keeps its number for good."""

    def __init__(self, terms: Iterable[str] = ()) -> None:
        self._terms = list(terms)
        self._numbers = {term: number for number, term in enumerate(self._terms)}
        self._factors = Growing(np.array([_factor(term) for term in self._terms], dtype=np.float32))

    def __len__(self) -> int:
        return len(self._terms)

    def number(self, term: str) -> int | None:
        """The term's number, if it has one."""
        return self._numbers.get(term)

    def learn(self, terms: Sequence[str]) -> Numbers:
        """The numbers of distinct terms; new ones get theirs. For one thread at a time."""
        numbers = self._numbers
        new = [term for term in terms if term not in numbers]
        if new:
            self._factors.extend([_factor(term) for term in new])
            self._terms.extend(new)
            numbers.update((term, number) for number, term in enumerate(new, start=len(numbers)))
        return np.fromiter((numbers[term] for term in terms), dtype=np.uint32, count=len(terms))

    def words(self, numbers: Numbers) -> list[str]:
        """The terms that have these numbers."""
        return [self._terms[number] for number in numbers]

    def factors(self, numbers: Numbers) -> npt.NDArray[np.float32]:
        """How much each term counts beside its rarity."""
        factors: npt.NDArray[np.float32] = self._factors.values[numbers]
        return factors

    def save(self, folder: Path, used: npt.NDArray[np.bool_]) -> None:
        """Write those of the first terms that are ``used``, one a line: none has a blank in it."""
        terms = (f"{self._terms[number]}\n" for number in np.flatnonzero(used))
        (folder / "vocabulary.txt").write_text("".join(terms), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Vocabulary:
        """Read what ``save`` wrote; raises OSError or ValueError."""
        text = (folder / "vocabulary.txt").read_text(encoding="utf-8")
        *terms, rest = text.split("\n")
        vocabulary = cls(terms)
        if rest or len(vocabulary._numbers) != len(terms):
            raise ValueError("the vocabulary is cut off, or has a term twice")
        return vocabulary


def _factor(term: str) -> float:
    return BIGRAM_WEIGHT if term.startswith(BIGRAM_MARK) else 1.0


class TermTable:
    """Which terms each row has; rows count up as in :class:`~knowledge_base.index.phrase_table.PhraseTable`."""

    def __init__(self) -> None:
        self._numbers, self._ends = Growing.of(np.uint32), Growing(np.zeros(1, dtype=np.int64))

    def add(self, rows: Sequence[Numbers]) -> None:
        """Add rows."""
        if rows:
            ends = len(self._numbers) + np.cumsum([len(row) for row in rows], dtype=np.int64)
            self._numbers.extend(np.concatenate(rows))
            self._ends.extend(ends)

    def row(self, row: int) -> Numbers:
        """The terms of one row."""
        start, end = self._ends.values[row : row + 2]
        numbers: Numbers = self._numbers.values[start:end]
        return numbers

    def of(self, rows: npt.ArrayLike) -> tuple[Numbers, npt.NDArray[np.int64]]:
        """The terms of these rows, one row after the other, and how many each has."""
        places, ends = np.asarray(rows, dtype=np.int64), self._ends.values
        lengths: npt.NDArray[np.int64] = ends[places + 1] - ends[places]
        return gathered(self._numbers.values, ends[places], lengths), lengths

    def frequencies(self, terms: int) -> Frequencies:
        """How many rows have each of so many terms."""
        return np.bincount(self._numbers.values, minlength=terms).astype(np.int32)

    def save(self, folder: Path, rows: npt.NDArray[np.int64], used: npt.NDArray[np.bool_]) -> None:
        """Write these rows, their terms numbered as if only the ``used`` ones had ever been there."""
        numbers, lengths = self.of(rows)
        np.save(folder / "terms.npy", (np.cumsum(used, dtype=np.uint32) - np.uint32(1))[numbers])
        np.save(folder / "term_ends.npy", ends_of(lengths))

    @classmethod
    def load(cls, folder: Path, rows: int, vocabulary: int) -> TermTable:
        """Read what ``save`` wrote for so many rows and terms; raises OSError or ValueError."""
        numbers, ends = read_array(folder / "terms.npy", np.uint32), read_array(folder / "term_ends.npy", np.int64)
        check_offsets(ends, rows, len(numbers), "rows and terms")
        if len(numbers) and numbers.max() >= vocabulary:
            raise ValueError("a term is not in the vocabulary")
        table = cls()
        table._numbers, table._ends = Growing(numbers), Growing(ends)
        return table


class Information(dict[str, float]):
    """What terms tell at one moment: inverse document frequency (Robertson and Spärck Jones), bigrams less.

    Looked up by term it remembers, within bounds: citizens' own words must not fill the memory. ``frequencies`` says by a
    term's number how many of all ``total`` phrases have it, ``more`` says it of terms without a number.
    """

    def __init__(
        self, vocabulary: Vocabulary, frequencies: Frequencies, total: int, more: Mapping[str, int] | None = None
    ) -> None:
        super().__init__()
        self._vocabulary, self._frequencies, self._more = vocabulary, frequencies, more or {}
        self._total = max(1, total)
        self.rarest = math.log(1 + (self._total - 0.5) / 1.5)

    def of(self, terms: Iterable[str]) -> float:
        """The information of several terms together."""
        return sum(self[term] for term in terms)

    def plain(self, term: str) -> float:
        """As BM25 takes it: character bigrams weigh like words."""
        return self[term] / _factor(term)

    def of_numbers(self, numbers: Numbers) -> Floats:
        """The information of each of these terms."""
        # A row may be found while its entry is being replaced: then it has terms that came after this moment.
        frequencies = self._frequencies[np.minimum(numbers, len(self._frequencies) - 1)].astype(np.float64)
        information: Floats = np.log(1 + np.maximum(0.0, self._total - frequencies + 0.5) / (frequencies + 0.5))
        information *= self._vocabulary.factors(numbers)
        return information

    def changed(self, gone: Numbers, new: Iterable[Iterable[str]], total: int) -> Information:
        """As it would be without rows that had the terms ``gone`` and with ``new`` ones."""
        after, more = recounted(self._frequencies, len(self._frequencies), gone), Counter[str]()
        for term, count in Counter(term for row in new for term in row).items():
            number = self._vocabulary.number(term)
            if number is not None and number < len(after):
                after[number] += count
            else:
                more[term] = count
        return Information(self._vocabulary, after, total, more)

    def mean_length(self) -> float:
        """How many terms a phrase has."""
        return max(1.0, (int(self._frequencies.sum()) + sum(self._more.values())) / self._total)

    def __missing__(self, term: str) -> float:
        number = self._vocabulary.number(term)
        known = number is not None and number < len(self._frequencies)
        frequency = int(self._frequencies[number]) if known else self._more.get(term, 0)
        value = math.log(1 + (self._total - frequency + 0.5) / (frequency + 0.5)) * _factor(term)
        if len(self) < REMEMBERED_TERMS:
            self[term] = value
        return value


def recounted(frequencies: Frequencies, terms: int, gone: Numbers, new: Sequence[Numbers] = ()) -> Frequencies:
    """A copy of ``frequencies``, for so many terms, without rows that had ``gone`` and with ``new`` ones."""
    after: Frequencies = np.zeros(terms, dtype=np.int32)
    after[: len(frequencies)] = frequencies
    np.subtract.at(after, gone, 1)
    for numbers in new:
        np.add.at(after, numbers, 1)
    return after
