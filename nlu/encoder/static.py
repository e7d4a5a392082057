"""Our trained sentence encoder at run time: one vector a term, added up. numpy only, the same in the app and in Rasa.

The folder is a ``SentenceTransformer`` of one ``StaticEmbedding``, trained and saved with sentence-transformers; reading its
two files directly takes a tenth of the time of ``SentenceTransformer.encode`` and spares the processes torch.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file

from nlu.encoder.ports import Vectors
from nlu.tokenizer import Tokenizer

WEIGHTS_FILE, VOCABULARY_FILE = "model.safetensors", "tokenizer.json"
WEIGHTS = "embedding.weight"
WORDS_FILE = "words.txt"


class StaticEncoder:
    """Turns texts into unit vectors; a text without a known term becomes a zero vector.

    >>> StaticEncoder(Path("var/models/encoder/…/model"), Tokenizer()).encode(["居住证怎么办"]).shape  # doctest: +SKIP
    (1, 256)
    """

    def __init__(self, folder: Path, tokenizer: Tokenizer) -> None:
        vocabulary = json.loads((folder / VOCABULARY_FILE).read_text(encoding="utf-8"))["model"]["vocab"]
        self._rows: dict[str, int] = {term: row for term, row in vocabulary.items() if row}
        self._vectors: Vectors = load_file(str(folder / WEIGHTS_FILE))[WEIGHTS].astype(np.float32, copy=False)
        self._tokenizer = tokenizer
        self.dimension = int(self._vectors.shape[1])

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Array of shape (len(texts), dimension), float32, each row of length one or zero."""
        result = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for place, text in enumerate(texts):
            rows = [self._rows[term] for term in self._tokenizer.encoder_terms(text) if term in self._rows]
            if rows:
                total = self._vectors[rows].sum(axis=0)
                length = float(np.sqrt(total @ total))
                if length:
                    result[place] = total / length
        return result


def read_words(folder: Path) -> list[str]:
    """The names that ``write_words`` kept; none where there are none."""
    file = folder / WORDS_FILE
    return file.read_text(encoding="utf-8").splitlines() if file.is_file() else []


def write_words(folder: Path, words: Sequence[str]) -> None:
    """Keep beside the model the names its tokenizer had been taught, so that Rasa can teach them to its own."""
    (folder / WORDS_FILE).write_text("\n".join(words), encoding="utf-8")
