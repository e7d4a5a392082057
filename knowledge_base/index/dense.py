"""Sentence vectors in FAISS: exact inner product, with adding and removing by entry."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence

import faiss
import numpy as np

from knowledge_base.embedding import Encoder
from knowledge_base.phrases import Phrase
from nlu.encoder.static import Vectors


class DenseIndex:
    """Phrases by their vectors; adding, removing and searching are safe from several threads."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._index = faiss.IndexIDMap2(faiss.IndexFlatIP(encoder.dimension))
        self._phrases: dict[int, Phrase] = {}
        self._rows: dict[str, list[int]] = {}
        self._next = 0
        self._lock = threading.Lock()

    def replace(self, entry_ids: Iterable[str], phrases: Sequence[Phrase]) -> None:
        """Forget all phrases of ``entry_ids``, then learn ``phrases``. Vectors are made before anything is locked."""
        vectors, phrases = self.vectors(phrases)
        with self._lock:
            gone = [row for entry_id in entry_ids for row in self._rows.pop(entry_id, [])]
            if gone:
                self._index.remove_ids(faiss.IDSelectorBatch(np.array(gone, dtype=np.int64)))
                for row in gone:
                    del self._phrases[row]
            if not phrases:
                return
            rows = list(range(self._next, self._next + len(phrases)))
            self._next += len(phrases)
            self._index.add_with_ids(vectors, np.array(rows, dtype=np.int64))
            for row, phrase in zip(rows, phrases, strict=True):
                self._phrases[row] = phrase
                self._rows.setdefault(phrase.entry_id, []).append(row)

    def vectors(self, phrases: Sequence[Phrase]) -> tuple[Vectors, list[Phrase]]:
        """Vectors of ``phrases``, and after them the mean direction of each entry."""
        if not phrases:
            return np.zeros((0, self._encoder.dimension), dtype=np.float32), []
        vectors = self._encoder.encode([phrase.text for phrase in phrases])
        owners = list(dict.fromkeys(phrase.entry_id for phrase in phrases))
        places = {owner: place for place, owner in enumerate(owners)}
        means = np.zeros((len(owners), vectors.shape[1]), dtype=np.float32)
        np.add.at(means, [places[phrase.entry_id] for phrase in phrases], vectors)
        faiss.normalize_L2(means)
        return np.vstack([vectors, means]), [*phrases, *(Phrase(owner, "whole", "") for owner in owners)]

    def count(self, entry_ids: Iterable[str]) -> int:
        """How many vectors of these entries are in the index."""
        return sum(len(self._rows.get(entry_id, ())) for entry_id in entry_ids)

    def encode(self, question: str) -> Vectors:
        """The question's vector, shape (dimension,)."""
        vector: Vectors = self._encoder.encode([question])[0]
        return vector

    def search(self, question: str, limit: int) -> list[tuple[Phrase, float]]:
        """The nearest ``limit`` phrases with their cosine, best first."""
        vector = self._encoder.encode([question])
        # A small index is searched faster by one thread than threads are woken, and they would spin on the cores that
        # Rasa needs. OpenMP keeps the number for each calling thread, so it is set here.
        faiss.omp_set_num_threads(1)
        with self._lock:
            if not self._phrases:
                return []
            scores, rows = self._index.search(vector, min(limit, len(self._phrases)))
            return [
                (self._phrases[int(row)], float(score))
                for row, score in zip(rows[0], scores[0], strict=True)
                if row >= 0
            ]
