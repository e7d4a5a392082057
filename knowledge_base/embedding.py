"""Opening an encoder: ours, pretrained ones from wheels, or any SentenceTransformer by name or path."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from nlu.encoder.choice import PACKAGES
from nlu.encoder.ports import Encoder, Vectors
from nlu.encoder.pretrained import load_pretrained
from nlu.encoder.trained import is_ours, load_trained
from nlu.tokenizer import Tokenizer


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
    """Our own model by its folder, ``use`` and ``e5`` by their names (comma between them), any other by sentence-transformers."""
    names = name_or_path.split(",")
    if all(name in PACKAGES for name in names):
        return load_pretrained(names)
    if is_ours(Path(name_or_path)):
        return load_trained(Path(name_or_path), tokenizer)
    return SentenceTransformerEncoder(name_or_path)


def precut(text: str, tokenizer: Tokenizer) -> str:
    """Terms separated by blanks: what our own encoder is trained on."""
    return " ".join(tokenizer.encoder_terms(text))
