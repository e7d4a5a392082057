"""sentence-transformers as its documentation shows it: encode the question, compare it with every vector."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.util import semantic_search

from knowledge_base.embedding import precut
from nlu.encoder.ports import Encoder, Vectors
from nlu.tokenizer import Tokenizer


class BruteForce:
    """Vectors alone, every one of them."""

    def __init__(self, tokenizer: Tokenizer, encoder: Encoder, model: str, folder: Path) -> None:
        self._tokenizer = tokenizer
        self._model = SentenceTransformer(model, device="cpu")
        self._corpus = torch.zeros((0, encoder.dimension))

    def build(self, texts: Sequence[str], vectors: Vectors) -> None:
        self._corpus = torch.from_numpy(np.array(vectors))

    def search(self, question: str, limit: int) -> list[int]:
        found = semantic_search(self._encode(question), self._corpus, top_k=limit)
        return [int(hit["corpus_id"]) for hit in found[0]]

    def add(self, text: str) -> None:
        self._corpus = torch.cat([self._corpus, self._encode(text)])

    def _encode(self, text: str) -> torch.Tensor:
        return self._model.encode(
            [precut(text, self._tokenizer)], convert_to_tensor=True, normalize_embeddings=True, show_progress_bar=False
        )

    def outside_mb(self) -> float:
        return 0.0

    def close(self) -> None:
        pass
