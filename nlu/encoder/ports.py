"""What every encoder of sentences can do, whoever made it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]


class Encoder(Protocol):
    """Turns texts into unit vectors."""

    dimension: int

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Array of shape (len(texts), dimension), float32, each row of length one (or zero if nothing is known of it)."""
