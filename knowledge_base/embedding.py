"""Sentence vectors. The default encoder is trained at set-up; any SentenceTransformer takes its place by name or path."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from nlu.encoder.static import StaticEncoder, Vectors
from nlu.tokenizer import Tokenizer

PRECUT_MARK = "wenzheng.json"


class Encoder(Protocol):
    """Turns texts into unit vectors."""

    dimension: int

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Array of shape (len(texts), dimension), float32, each row of length one (or zero if nothing is known of it)."""


class SentenceTransformerEncoder:
    """Any ``SentenceTransformer`` by name or path, on the CPU."""

    def __init__(self, name_or_path: str) -> None:
        from sentence_transformers import SentenceTransformer  # slow to import: only where a model is really loaded

        self._model: Any = SentenceTransformer(name_or_path, device="cpu")
        self.dimension = int(self._model.get_embedding_dimension() or 0)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of ``texts``."""
        vectors = self._model.encode(list(texts), normalize_embeddings=True, show_progress_bar=False)
        return np.ascontiguousarray(np.nan_to_num(vectors), dtype=np.float32)


def load_encoder(name_or_path: str, tokenizer: Tokenizer) -> Encoder:
    """Our own model, known by the file beside it, without torch; any other with sentence-transformers."""
    mark = Path(name_or_path) / PRECUT_MARK
    if mark.is_file() and json.loads(mark.read_text(encoding="utf-8"))["precut"]:
        return StaticEncoder(Path(name_or_path), tokenizer)
    return SentenceTransformerEncoder(name_or_path)


def precut(text: str, tokenizer: Tokenizer) -> str:
    """Terms separated by blanks: what our own encoder is trained on."""
    return " ".join(tokenizer.encoder_terms(text))
