"""Our trained encoder with a pretrained one beside it: what our own terms say and what the language says, added up.

A text's vector is the direction of ``own + projection · pretrained``, both parts of length one. The terms' vectors and the
projection are trained together on our own phrasings (``knowledge_base/encoder_training.py``). numpy only.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file

from nlu.encoder.ports import Encoder, Vectors
from nlu.encoder.static import WEIGHTS_FILE, StaticEncoder

PROJECTION = "projection"
# How much the pretrained numbers count for classifiers beside ours; docs/language.md has the table.
FEATURE_SCALE = np.float32(2.0)


class AdaptedEncoder:
    """Reads the folder that training wrote; ``pretrained`` must be what it was trained with."""

    def __init__(self, folder: Path, own: StaticEncoder, pretrained: Encoder) -> None:
        self._own = own
        self._pretrained = pretrained
        self._projection: Vectors = load_file(str(folder / WEIGHTS_FILE))[PROJECTION].astype(np.float32, copy=False)
        self.dimension = own.dimension
        self.features = _Features(self, pretrained)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of ``texts``, shape (len(texts), dimension)."""
        return self.adapt(texts, self._pretrained.encode(texts))

    def adapt(self, texts: Sequence[str], given: Vectors) -> Vectors:
        """The same where the pretrained vectors are known already."""
        return unit(self._own.encode(texts) + unit(given @ self._projection))


class _Features:
    """What classifiers read: our vector, and the pretrained one as it is."""

    def __init__(self, adapted: AdaptedEncoder, pretrained: Encoder) -> None:
        self._adapted = adapted
        self._pretrained = pretrained
        self.dimension = adapted.dimension + pretrained.dimension

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Both side by side; the second part is ``FEATURE_SCALE`` long."""
        given = self._pretrained.encode(texts)
        return np.hstack([self._adapted.adapt(texts, given), FEATURE_SCALE * given])


def features_of(encoder: Encoder) -> Encoder:
    """What classifiers read of an encoder: more than the vector where there is more."""
    return encoder.features if isinstance(encoder, AdaptedEncoder) else encoder


def unit(vectors: Vectors) -> Vectors:
    """Rows of length one; zero stays zero."""
    lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))[:, None]
    return np.asarray(vectors / np.where(lengths > 0, lengths, 1), dtype=np.float32)
