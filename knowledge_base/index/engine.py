"""What the vector index needs of an engine: FAISS in this process, or Milvus as a service of its own.

Rows are numbers made from what they stand for (:mod:`knowledge_base.index.rows`): the same phrase has the same number in
every process and after every start, so an engine can always be asked what it holds and be held against the database.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from nlu.encoder.ports import Vectors

Rows = npt.NDArray[np.int64]


class DamagedIndex(ValueError):
    """What was saved of an index is not all there, or is none; the message says where and why."""


class EngineUnavailable(Exception):
    """The engine does not answer now."""


class VectorEngine(Protocol):
    """Unit vectors by row number; safe from several threads."""

    def replace(self, gone: Rows, rows: Rows, vectors: Vectors) -> None:
        """At once: forget ``gone`` (unknown ones do no harm), then learn ``vectors`` under ``rows``, none of them twice.

        An engine that does not answer takes the change in when it is back.
        """

    def search(self, vector: Vectors, limit: int) -> list[tuple[int, float]]:
        """The nearest rows to a vector of shape (dimension,), with their cosine, best first; raises EngineUnavailable."""

    def rows(self) -> Rows:
        """Every row that the engine holds, in no order; raises EngineUnavailable."""

    def tend(self, threads: int = 1) -> bool:
        """Take the shape that the size asks for, while searches go on; whether there was anything to do."""

    def clear(self) -> None:
        """Forget everything; raises EngineUnavailable."""

    def save(self, folder: Path) -> None:
        """Write into an existing folder what ``load`` needs; nothing where the engine keeps its vectors itself."""

    def load(self, folder: Path) -> None:
        """Hold what was saved and nothing else; raises DamagedIndex."""
