"""BM25 over pre-cut terms (jieba words and character bigrams), in tantivy."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterable
from dataclasses import dataclass

import tantivy

from knowledge_base.phrases import Phrase
from nlu.tokenizer import Tokenizer

WRITER_HEAP = 30_000_000
REMEMBERED_TERMS = 200_000


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
        self._rows: dict[int, _Row] = {}
        self._rows_of: dict[str, list[int]] = {}
        self._next = 0
        self._current = self._snapshot()

    def replace(self, entry_ids: Iterable[str], phrases: Iterable[Phrase]) -> None:
        """In one commit: forget all phrases of ``entry_ids``, then learn ``phrases``."""
        with self._lock:
            for entry_id in entry_ids:
                self._writer.delete_documents_by_term("entry", entry_id)
                for row in self._rows_of.pop(entry_id, []):
                    self._rows.pop(row, None)
            for phrase in phrases:
                terms = list(dict.fromkeys(self._tokenizer.terms(phrase.text)))
                self._rows[self._next] = _Row(phrase, frozenset(terms))
                self._rows_of.setdefault(phrase.entry_id, []).append(self._next)
                self._writer.add_document(
                    tantivy.Document(entry=phrase.entry_id, row=self._next, terms=" ".join(terms))
                )
                self._next += 1
            self._writer.commit()
            self._index.reload()
            self._current = self._snapshot()

    def _snapshot(self) -> tuple[tantivy.Searcher, _Idf]:
        """The index as it is now, with its term weights; both are replaced together."""
        searcher = self._index.searcher()
        return searcher, _Idf(searcher)

    def search(self, question: str, limit: int) -> list[LexicalHit]:
        """The best ``limit`` phrases by BM25, each with how much of the question and of itself is matched."""
        terms = list(dict.fromkeys(self._tokenizer.terms(question)))
        if not terms:
            return []
        searcher, idf = self._current
        query = tantivy.Query.boolean_query(
            [(tantivy.Occur.Should, tantivy.Query.term_query(self._schema, "terms", term)) for term in terms]
        )
        asked = sum(idf[term] for term in terms)
        hits = []
        for score, address in searcher.search(query, limit, count=False).hits:
            row = self._rows.get(searcher.doc(address)["row"][0])
            if row is None:  # forgotten since this snapshot was taken
                continue
            shared = sum(idf[term] for term in row.terms.intersection(terms))
            hits.append(LexicalHit(row.phrase, score, shared / asked, shared / sum(idf[term] for term in row.terms)))
        return hits


@dataclass(frozen=True)
class _Row:
    """A phrase and its terms."""

    phrase: Phrase
    terms: frozenset[str]


class _Idf(dict[str, float]):
    """Inverse document frequency (Robertson and Spärck Jones), looked up once a term; character bigrams weigh half.

    Remembered until the index changes, within bounds: citizens' own words must not fill the memory.
    """

    def __init__(self, searcher: tantivy.Searcher) -> None:
        super().__init__()
        self._searcher = searcher
        self._total = max(1, searcher.num_docs)

    def __missing__(self, term: str) -> float:
        frequency = self._searcher.doc_freq("terms", term)
        value = math.log(1 + (self._total - frequency + 0.5) / (frequency + 0.5))
        value = value / 2 if term.startswith("#") else value
        if len(self) < REMEMBERED_TERMS:
            self[term] = value
        return value
