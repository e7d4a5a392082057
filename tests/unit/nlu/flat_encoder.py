"""An encoder that knows nothing: every text is the same vector."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt


class FlatEncoder:
    """One dimension, always 1."""

    dimension = 1

    def encode(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        return np.ones((len(texts), 1), dtype=np.float32)
