"""BM25 over pre-cut terms (jieba words and character bigrams), in tantivy."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import tantivy

from knowledge_base.index.engine import DamagedIndex
from knowledge_base.index.phrase_table import PhraseTable, by_entry
from knowledge_base.index.terms import Frequencies, Information, Numbers, TermTable, Vocabulary, recounted
from knowledge_base.phrases import Phrase
from nlu.tokenizer import Tokenizer

# The most that tantivy takes before it writes a segment; a change of a few phrases takes next to nothing.
WRITER_HEAP = 256_000_000
# The parameters of BM25 that tantivy has built in (k1, b).
SATURATION, LENGTH_WEIGHT = 1.2, 0.75


@dataclass(frozen=True)
class LexicalHit:
    """A phrase that shares terms with the question.

    ``coverage``: share of the question's information (summed IDF) found in the phrase; ``contained``: share of the
    phrase's information found in the question; both 0–1. ``rarity``: the shared information, counted in terms that
    stand in no other phrase (0 and up).
    """

    phrase: Phrase
    bm25: float
    coverage: float
    contained: float
    rarity: float = 0.0

    @property
    def dice(self) -> float:
        """Harmonic mean of both coverages: 1 for the same terms, whatever their order."""
        total = self.coverage + self.contained
        return 2 * self.coverage * self.contained / total if total else 0.0


@dataclass(frozen=True)
class PhraseTerms:
    """A phrase and its terms."""

    phrase: Phrase
    terms: frozenset[str]


class LexicalIndex:
    """Phrases by their terms; adding, removing and searching are safe from several threads.

    tantivy finds the rows, in memory; what a hit needs beside is read from flat arrays, for fetching stored text costs
    more than the search itself.
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("entry", stored=False, tokenizer_name="raw", index_option="basic")
        builder.add_integer_field("row", stored=False, fast=True)
        # A term stands once in a phrase: tantivy need not keep how often, nor where.
        builder.add_text_field("terms", stored=False, tokenizer_name="whitespace", index_option="basic")
        self._schema = builder.build()
        self._index = tantivy.Index(self._schema)
        self._writer = self._index.writer(heap_size=WRITER_HEAP, num_threads=1)
        self._tokenizer = tokenizer
        self._lock = threading.Lock()
        self._phrases, self._terms, self._vocabulary = PhraseTable(), TermTable(), Vocabulary()
        # tantivy would count forgotten phrases until it merges its segments.
        self._frequencies: Frequencies = np.zeros(0, dtype=np.int32)
        self._filling = False
        # The index as it is now, with what its terms tell; both are replaced together.
        self._current = self._index.searcher(), Information(self._vocabulary, self._frequencies, 0)

    def __len__(self) -> int:
        return len(self._phrases)

    def replace(self, entry_ids: Iterable[str], phrases: Iterable[Phrase]) -> None:
        """In one commit: forget all phrases of ``entry_ids`` and of the entries of ``phrases``, then learn ``phrases``."""
        phrases = by_entry(phrases)
        with self._lock:
            # Numbered at once: the terms of many phrases would fill the memory.
            new = [self._vocabulary.learn(self._distinct(phrase.text)) for phrase in phrases]
            gone: list[int] = []
            for entry_id in {*entry_ids, *(phrase.entry_id for phrase in phrases)}:
                if rows := self._phrases.forget(entry_id):
                    self._writer.delete_documents_by_term("entry", entry_id)
                    gone += rows
            for row, (phrase, terms) in enumerate(zip(phrases, new, strict=True), start=self._phrases.rows):
                self._write(row, phrase.entry_id, terms)
            self._terms.add(new)
            self._phrases.add(phrases)
            self._frequencies = recounted(self._frequencies, len(self._vocabulary), self._terms.of(gone)[0], new)
            self._commit()

    def _write(self, row: int, entry_id: str, terms: Numbers) -> None:
        words = " ".join(self._vocabulary.words(terms))
        self._writer.add_document(tantivy.Document(entry=entry_id, row=row, terms=words))

    @contextmanager
    def filling(self) -> Iterator[None]:
        """While an index is filled for the first time, everything is committed together at the end.

        Each commit leaves a segment, and searching several takes up to three times as long as searching one. Where
        something can be found already, every change is committed as ever.
        """
        with self._lock:
            self._filling = not len(self)
        try:
            yield
        finally:
            with self._lock:
                self._filling = False
                self._commit()

    def _commit(self) -> None:
        if self._filling:
            return
        self._writer.commit()
        self._index.reload()
        self._current = self._index.searcher(), Information(self._vocabulary, self._frequencies, len(self._phrases))

    def search(self, question: str, limit: int) -> list[LexicalHit]:
        """The best ``limit`` phrases by BM25, each with how much of the question and of itself is matched."""
        return self._search(question, limit, self._current[1])

    def changed(self, entry_ids: Collection[str], phrases: Iterable[Phrase]) -> ChangedLexical:
        """The index as it would be after ``replace``; it stays as it is."""
        return ChangedLexical(self, frozenset(entry_ids), self.cut(phrases))

    def cut(self, phrases: Iterable[Phrase]) -> list[PhraseTerms]:
        """Phrases ready to be matched."""
        return [PhraseTerms(phrase, frozenset(self._tokenizer.terms(phrase.text))) for phrase in phrases]

    def terms(self, question: str) -> list[str]:
        """The terms that a question is searched by."""
        return self._tokenizer.terms(question)

    def _distinct(self, text: str) -> list[str]:
        return list(dict.fromkeys(self._tokenizer.terms(text)))

    def _search(self, question: str, limit: int, information: Information) -> list[LexicalHit]:
        terms = self._distinct(question)
        if not terms:
            return []
        searcher, _ = self._current
        query = tantivy.Query.boolean_query(
            [(tantivy.Occur.Should, tantivy.Query.term_query(self._schema, "terms", term)) for term in terms]
        )
        found = searcher.search(query, limit, count=False).hits
        rows = searcher.fast_field_values("row", [address for _, address in found])
        return self._hits(np.array(rows, dtype=np.int64), [score for score, _ in found], terms, information)

    def without(self, entry_ids: Iterable[str], new: Sequence[PhraseTerms]) -> tuple[int, Information]:
        """How many phrases these entries have, and what terms would tell without them and with ``new`` ones."""
        with self._lock:
            rows = [row for entry_id in entry_ids for row in self._phrases.rows_of(entry_id)]
            total = len(self._phrases) - len(rows) + len(new)
            information = self._current[1]
        return len(rows), information.changed(self._terms.of(rows)[0], (row.terms for row in new), total)

    def _hits(
        self, rows: npt.NDArray[np.int64], scores: Sequence[float], terms: Sequence[str], information: Information
    ) -> list[LexicalHit]:
        """How each row matches a question's distinct terms."""
        if not len(rows):
            return []
        numbers, lengths = self._terms.of(rows)
        tells = information.of_numbers(numbers)
        starts = np.cumsum(lengths) - lengths
        whole = np.add.reduceat(tells, starts)
        asked = [number for term in terms if (number := self._vocabulary.number(term)) is not None]
        shared = np.add.reduceat(np.where(np.isin(numbers, asked), tells, 0.0), starts)
        coverages, contained = (shared / information.of(terms)).tolist(), (shared / whole).tolist()
        rarities = (shared / information.rarest).tolist()
        hits = zip(self._phrases.phrases(rows), scores, coverages, contained, rarities, strict=True)
        # A phrase may have been forgotten since this snapshot was taken.
        return [LexicalHit(phrase, *values) for phrase, *values in hits if phrase is not None]

    # Keeping ----------------------------------------------------------------

    def save(self, folder: Path) -> None:
        """Write all that ``load`` needs into an empty folder, as the index is at this moment; searching and changing go on."""
        with self._lock:
            live, used = self._phrases.live(), self._frequencies > 0
        self._phrases.save(folder, live)
        self._terms.save(folder, live.rows, used)
        self._vocabulary.save(folder, used)

    def load(self, folder: Path) -> None:
        """Become what was saved, without cutting any phrase; for an index with nothing in it. Raises DamagedIndex."""
        try:
            phrases, vocabulary = PhraseTable.load(folder), Vocabulary.load(folder)
            terms = TermTable.load(folder, phrases.rows, len(vocabulary))
        except (OSError, ValueError, EOFError) as error:
            raise DamagedIndex(f"{folder}: {error}") from error
        with self._lock:
            self._phrases, self._terms, self._vocabulary = phrases, terms, vocabulary
            for row, phrase in enumerate(phrases):
                self._write(row, phrase.entry_id, terms.row(row))
            self._frequencies = terms.frequencies(len(vocabulary))
            self._commit()


class ChangedLexical:
    """An index as it would be without the phrases of ``gone`` and with ``new`` ones."""

    def __init__(self, base: LexicalIndex, gone: frozenset[str], new: Sequence[PhraseTerms]) -> None:
        self._base, self._gone, self._new = base, gone, new
        self._hidden, self._information = base.without(gone, new)
        self._mean_length = self._information.mean_length()

    def search(self, question: str, limit: int) -> list[LexicalHit]:
        """The best ``limit`` of the phrases that stay, and every new one that shares a term."""
        found = self._base._search(question, limit + self._hidden, self._information)
        stay = [hit for hit in found if hit.phrase.entry_id not in self._gone]
        both = stay + self.new(frozenset(self._base.terms(question)))
        return sorted(both, key=lambda hit: -hit.bm25)[:limit]

    def new(self, terms: frozenset[str]) -> list[LexicalHit]:
        """The new phrases that share one of a question's terms."""
        return [self._hit(row, terms) for row in self._new if not row.terms.isdisjoint(terms)]

    def _hit(self, row: PhraseTerms, terms: frozenset[str]) -> LexicalHit:
        tells = self._information
        both = row.terms & terms
        shared = tells.of(both)
        # As tantivy scores it, but for the rounding of lengths: terms stand once in a phrase.
        length = 1 - LENGTH_WEIGHT + LENGTH_WEIGHT * len(row.terms) / self._mean_length
        gain = (SATURATION + 1) / (1 + SATURATION * length)
        bm25 = gain * sum(tells.plain(term) for term in both)
        return LexicalHit(
            row.phrase, bm25, shared / tells.of(terms), shared / tells.of(row.terms), shared / tells.rarest
        )
