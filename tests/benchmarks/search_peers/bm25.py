"""bm25s (https://github.com/xhluca/bm25s): BM25 scored when built, in scipy-like matrices; over the terms of our tokenizer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import bm25s
from bm25s.tokenization import Tokenized

from nlu.encoder.ports import Encoder, Vectors
from nlu.tokenizer import Tokenizer


class Bm25s:
    """Words alone."""

    def __init__(self, tokenizer: Tokenizer, encoder: Encoder, model: str, folder: Path) -> None:
        self._tokenizer = tokenizer
        self._index = bm25s.BM25()
        self._vocabulary: dict[str, int] = {}

    def build(self, texts: Sequence[str], vectors: Vectors) -> None:
        numbers, known = [], self._vocabulary
        for text in texts:
            numbers.append([known.setdefault(term, len(known)) for term in self._tokenizer.terms(text)])
        self._index.index(Tokenized(ids=numbers, vocab=known), show_progress=False)

    def search(self, question: str, limit: int) -> list[int]:
        terms = [term for term in self._tokenizer.terms(question) if term in self._vocabulary]
        if not terms:
            return []
        rows, scores = self._index.retrieve([terms], k=limit, show_progress=False)
        return [int(row) for row, score in zip(rows[0], scores[0], strict=True) if score > 0]

    def outside_mb(self) -> float:
        return 0.0

    def close(self) -> None:
        pass
