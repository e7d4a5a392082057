"""BM25 over pre-cut terms (jieba words and character bigrams), in tantivy."""

from __future__ import annotations

import math
import threading
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import tantivy

from knowledge_base.phrases import Phrase
from nlu.tokenizer import Tokenizer

WRITER_HEAP = 30_000_000
REMEMBERED_TERMS = 200_000
# The parameters of BM25 that tantivy has built in (k1, b).
SATURATION, LENGTH_WEIGHT = 1.2, 0.75


@dataclass(frozen=True)
class LexicalHit:
    """A phrase that shares terms with the question.

    ``coverage``: share of the question's information (summed IDF) found in the phrase; ``contained``: share of the
    phrase's information found in the question; both 0–1.
    """

    phrase: Phrase
    bm25: float
    coverage: float
    contained: float

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
    """Phrases by their terms; adding, removing and searching are safe from several threads."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("entry", stored=False, tokenizer_name="raw")
        builder.add_integer_field("row", stored=True)
        builder.add_text_field("terms", stored=False, tokenizer_name="whitespace")
        self._schema = builder.build()
        self._index = tantivy.Index(self._schema)
        self._writer = self._index.writer(heap_size=WRITER_HEAP, num_threads=1)
        self._tokenizer = tokenizer
        self._lock = threading.Lock()
        # What a hit needs is read from here: fetching stored text costs more than the search itself.
        self._rows: dict[int, PhraseTerms] = {}
        self._rows_of: dict[str, list[int]] = {}
        # tantivy would count forgotten phrases until it merges its segments.
        self._frequencies: Counter[str] = Counter()
        self._next = 0
        self._current = self._snapshot()

    def replace(self, entry_ids: Iterable[str], phrases: Iterable[Phrase]) -> None:
        """In one commit: forget all phrases of ``entry_ids``, then learn ``phrases``."""
        with self._lock:
            for entry_id in entry_ids:
                self._writer.delete_documents_by_term("entry", entry_id)
                for row in self._rows_of.pop(entry_id, []):
                    self._frequencies.subtract(self._rows.pop(row).terms)
            for known in self.cut(phrases):
                self._rows[self._next] = known
                self._rows_of.setdefault(known.phrase.entry_id, []).append(self._next)
                self._frequencies.update(known.terms)
                self._writer.add_document(
                    tantivy.Document(entry=known.phrase.entry_id, row=self._next, terms=" ".join(known.terms))
                )
                self._next += 1
            self._writer.commit()
            self._index.reload()
            self._current = self._snapshot()

    def _snapshot(self) -> tuple[tantivy.Searcher, _Idf]:
        """The index as it is now, with its term weights; both are replaced together."""
        return self._index.searcher(), _Idf(self._frequencies, len(self._rows))

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

    def rows_of(self, entry_ids: Iterable[str]) -> list[PhraseTerms]:
        """The phrases of these entries that are in the index."""
        return [self._rows[row] for entry_id in entry_ids for row in self._rows_of.get(entry_id, ())]

    def _search(self, question: str, limit: int, idf: _Idf) -> list[LexicalHit]:
        terms = self.terms(question)
        if not terms:
            return []
        searcher, _ = self._current
        query = tantivy.Query.boolean_query(
            [
                (tantivy.Occur.Should, tantivy.Query.term_query(self._schema, "terms", term))
                for term in dict.fromkeys(terms)
            ]
        )
        asked = _Asked(terms, idf)
        hits = []
        for score, address in searcher.search(query, limit, count=False).hits:
            row = self._rows.get(searcher.doc(address)["row"][0])
            if row is not None:  # not forgotten since this snapshot was taken
                hits.append(asked.hit(row, score))
        return hits


class ChangedLexical:
    """An index as it would be without the phrases of ``gone`` and with ``new`` ones."""

    def __init__(self, base: LexicalIndex, gone: frozenset[str], new: Sequence[PhraseTerms]) -> None:
        self._base, self._gone, self._new = base, gone, new
        hidden = base.rows_of(gone)
        self._hidden = len(hidden)
        frequencies, total = base._frequencies.copy(), len(base._rows) - len(hidden) + len(new)
        for row in hidden:
            frequencies.subtract(row.terms)
        for row in new:
            frequencies.update(row.terms)
        self._idf = _Idf(frequencies, total)
        self._mean_length = max(1.0, frequencies.total() / max(1, total))

    def search(self, question: str, limit: int) -> list[LexicalHit]:
        """The best ``limit`` of the phrases that stay, and every new one that shares a term."""
        found = self._base._search(question, limit + self._hidden, self._idf)
        stay = [hit for hit in found if hit.phrase.entry_id not in self._gone]
        both = stay + self.new(frozenset(self._base.terms(question)))
        return sorted(both, key=lambda hit: -hit.bm25)[:limit]

    def new(self, terms: frozenset[str]) -> list[LexicalHit]:
        """The new phrases that share one of a question's terms."""
        asked = _Asked(terms, self._idf)
        return [asked.hit(row, self._bm25(row, terms)) for row in self._new if not row.terms.isdisjoint(terms)]

    def _bm25(self, row: PhraseTerms, terms: frozenset[str]) -> float:
        """As tantivy scores it, but for the rounding of lengths: terms stand once in a phrase."""
        length = 1 - LENGTH_WEIGHT + LENGTH_WEIGHT * len(row.terms) / self._mean_length
        gain = (SATURATION + 1) / (1 + SATURATION * length)
        return gain * sum(self._idf.plain(term) for term in row.terms & terms)


class _Asked:
    """The terms of a question with their information."""

    def __init__(self, terms: Iterable[str], idf: _Idf) -> None:
        self.terms = frozenset(terms)
        self._idf = idf
        self._information = idf.of(self.terms)

    def hit(self, row: PhraseTerms, score: float) -> LexicalHit:
        """How a phrase matches."""
        shared = self._idf.of(row.terms & self.terms)
        return LexicalHit(row.phrase, score, shared / self._information, shared / self._idf.of(row.terms))


class _Idf(dict[str, float]):
    """Inverse document frequency (Robertson and Spärck Jones), looked up once a term; character bigrams weigh half.

    Remembered until the index changes, within bounds: citizens' own words must not fill the memory.
    """

    def __init__(self, frequencies: Counter[str], total: int) -> None:
        super().__init__()
        self._frequencies = frequencies
        self._total = max(1, total)

    def of(self, terms: Iterable[str]) -> float:
        """The information of several terms together."""
        return sum(self[term] for term in terms)

    def plain(self, term: str) -> float:
        """As BM25 takes it: character bigrams weigh like words."""
        return self[term] * 2 if term.startswith("#") else self[term]

    def __missing__(self, term: str) -> float:
        frequency = max(0, self._frequencies[term])
        value = math.log(1 + (self._total - frequency + 0.5) / (frequency + 0.5))
        value = value / 2 if term.startswith("#") else value
        if len(self) < REMEMBERED_TERMS:
            self[term] = value
        return value
