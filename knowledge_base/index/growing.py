"""Arrays that grow at their end: a tenth of the memory of lists of objects."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

# So much larger than needed an array is made when it has to grow.
HEADROOM = 1.25
LEAST = 256
# Stretches gathered together.
AT_ONCE = 10_000


class Growing:
    """One-dimensional values, added at the end; one thread may add while others read what is there already."""

    def __init__(self, values: npt.NDArray[Any]) -> None:
        self._values, self._size = values, len(values)

    @classmethod
    def of(cls, dtype: npt.DTypeLike) -> Growing:
        """An empty one."""
        return cls(np.empty(0, dtype=dtype))

    def __len__(self) -> int:
        return self._size

    @property
    def values(self) -> npt.NDArray[Any]:
        """All of them; a view."""
        return self._values[: self._size]

    def extend(self, values: npt.ArrayLike) -> None:
        """Add at the end."""
        new = np.asarray(values, dtype=self._values.dtype)
        size = self._size + len(new)
        if size > len(self._values):
            larger = np.empty(max(LEAST, int(size * HEADROOM)), dtype=self._values.dtype)
            larger[: self._size] = self.values
            self._values = larger
        self._values[self._size : size] = new
        self._size = size


def gathered(
    values: npt.NDArray[Any], starts: npt.NDArray[np.int64], lengths: npt.NDArray[np.int64]
) -> npt.NDArray[Any]:
    """The stretches of ``values`` that begin at ``starts``, one after the other."""
    if len(starts) > AT_ONCE:  # the places of all values together would take many times their memory
        parts = range(0, len(starts), AT_ONCE)
        return np.concatenate([gathered(values, starts[at : at + AT_ONCE], lengths[at : at + AT_ONCE]) for at in parts])
    shifts = starts - ends_of(lengths)[:-1]
    stretches: npt.NDArray[Any] = values[np.arange(int(lengths.sum())) + np.repeat(shifts, lengths)]
    return stretches


def ends_of(lengths: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    """Where stretches of these lengths begin and end when they follow each other: 0, the end of the first, …"""
    ends = np.zeros(len(lengths) + 1, dtype=np.int64)
    np.cumsum(lengths, out=ends[1:])
    return ends


def read_array(path: Path, dtype: npt.DTypeLike) -> npt.NDArray[Any]:
    """The array of a ``.npy`` file; raises ValueError where it is not one of that kind, OSError where there is none."""
    values: npt.NDArray[Any] = np.load(path, allow_pickle=False)
    if values.dtype != np.dtype(dtype) or values.ndim != 1:
        raise ValueError(
            f"{path.name} holds {values.dtype} of {values.ndim} dimensions, not a row of {np.dtype(dtype)}"
        )
    return values


def check_offsets(offsets: npt.NDArray[Any], rows: int, size: int, name: str) -> None:
    """Raise ValueError unless ``offsets`` cut ``size`` values into so many rows."""
    sound = len(offsets) == rows + 1 and offsets[0] == 0 and offsets[-1] == size and bool((np.diff(offsets) >= 0).all())
    if not sound:
        raise ValueError(f"{name} do not fit together")
