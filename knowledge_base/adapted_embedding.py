"""Our encoder as a module of sentence-transformers: terms and a pretrained encoder, added up.

It is trained as a ``SentenceTransformer`` and can be loaded as one, with ``trust_remote_code=True``, for the module is ours and
not the library's; the assistant reads the same folder without torch (``nlu/encoder/adapted.py``).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
from safetensors.torch import load_file
from sentence_transformers.sentence_transformer.modules import StaticEmbedding
from tokenizers import Tokenizer as FastTokenizer
from torch.nn.functional import normalize

from nlu.encoder.adapted import PROJECTION
from nlu.encoder.ports import Encoder
from nlu.encoder.pretrained import load_pretrained
from nlu.encoder.static import VOCABULARY_FILE, WEIGHTS, WEIGHTS_FILE, read_words
from nlu.encoder.trained import pretrained_of, write_mark
from nlu.tokenizer import Tokenizer


class AdaptedEmbedding(StaticEmbedding):
    """``normalize(normalize(terms) + normalize(pretrained · projection))``.

    ``terms`` numbers terms; ``names`` are the pretrained encoders, joined in ``pretrained``.
    """

    def __init__(
        self, terms: Any, dimension: int, pretrained: Encoder, names: tuple[str, ...], tokenizer: Tokenizer
    ) -> None:
        super().__init__(terms, embedding_dim=dimension)
        self.projection = torch.nn.Parameter(torch.zeros(pretrained.dimension, dimension))
        self._pretrained = pretrained
        self._names = names
        self._cutter = tokenizer

    def preprocess(  # type: ignore[override]  # nothing but text
        self, inputs: list[str], prompt: str | None = None, **_: Any
    ) -> dict[str, torch.Tensor]:
        """What ``forward`` reads of texts as they were written."""
        texts = [f"{prompt or ''}{text}" for text in inputs]
        features = super().preprocess([" ".join(self._cutter.encoder_terms(text)) for text in texts])
        return {**features, "pretrained": torch.from_numpy(np.array(self._pretrained.encode(texts)))}

    def forward(self, features: dict[str, torch.Tensor], **_: Any) -> dict[str, torch.Tensor]:
        """Add ``sentence_embedding``."""
        own = self.embedding(features["input_ids"], features["offsets"])
        added = normalize(own, dim=1) + normalize(features["pretrained"] @ self.projection, dim=1)
        return {**features, "sentence_embedding": normalize(added, dim=1)}

    def save(self, output_path: str, *args: Any, **options: Any) -> None:
        """Write weights, vocabulary and the names of the pretrained encoders."""
        super().save(output_path, *args, **options)
        write_mark(Path(output_path), self._names)

    @classmethod
    def load(cls, model_name_or_path: str, **_: Any) -> Self:  # type: ignore[override]  # no hub
        """Read what ``save`` wrote, from a local folder."""
        folder = Path(model_name_or_path)
        cutter, names = Tokenizer(), tuple(pretrained_of(folder))
        cutter.add_words(read_words(folder))
        weights = load_file(str(folder / WEIGHTS_FILE))
        terms = FastTokenizer.from_file(str(folder / VOCABULARY_FILE))
        made = cls(terms, weights[WEIGHTS].shape[1], load_pretrained(names), names, cutter)
        made.load_state_dict({WEIGHTS: weights[WEIGHTS], PROJECTION: weights[PROJECTION]})
        return made
