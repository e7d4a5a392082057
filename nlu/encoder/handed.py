"""A text's pretrained vector on its way from one process to another, so that it is computed once a turn and not twice."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nlu.encoder.ports import Vectors
from nlu.encoder.pretrained import load_pretrained
from nlu.text import normalise
from nlu.typos import corrector


@dataclass(frozen=True)
class HandedVector:
    """``encoders``: which pretrained encoders made it; ``text``: of what, in normal form; ``vector``: one row."""

    encoders: tuple[str, ...]
    text: str
    vector: Vectors

    def as_json(self) -> dict[str, Any]:
        """Plain values; the numbers as base64 of little-endian float32."""
        numbers = base64.b64encode(self.vector.astype("<f4").tobytes()).decode("ascii")
        return {"encoders": list(self.encoders), "text": self.text, "vector": numbers}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> HandedVector:
        """What ``as_json`` gave; raises ValueError for anything else."""
        try:
            numbers = np.frombuffer(base64.b64decode(data["vector"], validate=True), dtype="<f4")
            return cls(tuple(data["encoders"]), str(data["text"]), numbers.astype(np.float32)[None])
        except (KeyError, TypeError) as error:
            raise ValueError(f"not a vector: {error}") from error


def hand_out(names: Sequence[str], text: str) -> HandedVector:
    """The vector of a message as the intent classifier reads it: in normal form, typos corrected."""
    read = normalise(corrector().correct(normalise(text)).text)
    return HandedVector(tuple(names), read, load_pretrained(names).encode([read]))


def take_in(data: Mapping[str, Any] | None) -> bool:
    """Keep what ``hand_out`` made in another process for whoever asks for this text; whether it is of use here.

    What is of no use (other encoders, damaged) is passed over: then the vector is computed here.
    """
    if not data:
        return False
    try:
        handed = HandedVector.from_json(data)
        return load_pretrained(handed.encoders).know(handed.text, handed.vector)
    except (ValueError, KeyError, ImportError):
        return False
