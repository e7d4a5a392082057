"""Sentence vectors. The default encoder is trained at set-up; any SentenceTransformer takes its place by name or path."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from nlu.tokenizer import Tokenizer

Vectors = npt.NDArray[np.float32]
PRECUT_MARK = "wenzheng.json"


class Encoder(Protocol):
    """Turns texts into unit vectors."""

    dimension: int

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Array of shape (len(texts), dimension), float32, each row of length one (or zero if nothing is known of it)."""


class SentenceTransformerEncoder:
    """Any ``SentenceTransformer``, ours or another's, on the CPU.

    Our own model reads text already cut by :class:`nlu.tokenizer.Tokenizer`; a file beside the model says so.
    """

    def __init__(self, name_or_path: str, tokenizer: Tokenizer) -> None:
        from sentence_transformers import SentenceTransformer  # slow to import: only where a model is really loaded

        self._model: Any = SentenceTransformer(name_or_path, device="cpu")
        self._tokenizer = tokenizer
        mark = Path(name_or_path) / PRECUT_MARK
        self._precut = mark.is_file() and bool(json.loads(mark.read_text(encoding="utf-8"))["precut"])
        self.dimension = int(self._model.get_embedding_dimension() or 0)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of ``texts``."""
        if self._precut:
            texts = [precut(text, self._tokenizer) for text in texts]
        vectors = self._model.encode(list(texts), normalize_embeddings=True, show_progress_bar=False)
        return np.ascontiguousarray(np.nan_to_num(vectors), dtype=np.float32)


def precut(text: str, tokenizer: Tokenizer) -> str:
    """Terms separated by blanks: what our own encoder was trained on."""
    return " ".join(tokenizer.encoder_terms(text))
