"""FAISS in this process: every vector is compared while they are few; many are sorted into cells, of which the nearest are.

Both shapes add and remove single rows in place. Passing from one to the other happens beside the index that serves, which is
then replaced at once.
"""

from __future__ import annotations

import math
import threading
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import numpy.typing as npt

from knowledge_base.index.engine import DamagedIndex, Rows
from nlu.encoder.ports import Vectors

# From so many vectors on cells are made: comparing all of them takes two milliseconds here.
CELLS_FROM = 20_000
# Measured on up to 1.25 million vectors: docs/adr/0021.
CELLS_BY_ROOT = 2
CELLS_LOOKED_INTO = 32
LEARNED_FROM, ROUNDS = 40, 8
# Cells made for a quarter or four times as many vectors are made anew.
OUTGROWN = 4
ROWS, CODES, SIZES, MIDDLES = "rows.npy", "vectors.bin", "sizes.npy", "middles.npy"


class FaissEngine:
    """Vectors in memory: as they are while all are compared, with 16 bits a number in cells."""

    def __init__(self, dimension: int, *, cells_from: int = CELLS_FROM) -> None:
        self._dimension = dimension
        self._cells_from = cells_from
        self._index: Any = self._flat()
        self._lock = threading.Lock()
        self._tending = threading.Lock()
        # What changed since another index is being made, which has to learn it too; None: none is being made.
        self._since: list[tuple[Rows, Rows, Vectors]] | None = None

    def replace(self, gone: Rows, rows: Rows, vectors: Vectors) -> None:
        """Forget ``gone``, then learn ``rows``."""
        with self._lock:
            _replace(self._index, gone, rows, vectors)
            if self._since is not None:
                self._since.append((gone, rows, vectors))

    def search(self, vector: Vectors, limit: int) -> list[tuple[int, float]]:
        """The nearest rows with their cosine, best first."""
        # One thread searches faster than several are woken, and they would spin on the cores that Rasa needs. OpenMP keeps
        # the number for each calling thread, so it is set here.
        faiss.omp_set_num_threads(1)
        with self._lock:
            wanted = min(limit, self._index.ntotal)
            if not wanted:
                return []
            scores, rows = self._index.search(vector.reshape(1, -1), wanted)
        return [(row, score) for row, score in zip(rows[0].tolist(), scores[0].tolist(), strict=True) if row >= 0]

    def rows(self) -> Rows:
        """Every row that the engine holds."""
        with self._lock:
            return np.concatenate([_cell(self._index, cell)[0] for cell in range(_cell_count(self._index))])

    def tend(self, threads: int = 1) -> bool:
        """Take the shape that the size asks for; a killed process loses nothing but the work."""
        with self._tending:
            with self._lock:
                if not self._outgrown():
                    return False
                rows, vectors = _all(self._index)
                self._since = []
            try:
                faiss.omp_set_num_threads(threads)
                fresh = self._cells(rows, vectors) if len(rows) >= self._cells_from else self._flat()
                fresh.add_with_ids(vectors, rows)
            except BaseException:
                with self._lock:
                    self._since = None
                raise
            with self._lock:
                for change in self._since or ():
                    _replace(fresh, *change)
                self._index, self._since = fresh, None
            return True

    def clear(self) -> None:
        """Forget everything."""
        with self._tending, self._lock:
            self._index = self._flat()

    def save(self, folder: Path) -> None:
        """Flat files, read out cell by cell: searches and changes wait for one cell at a time.

        What changes meanwhile is there as it was or as it is now, each row at most once.
        """
        with self._tending:  # the shape stays the same
            np.save(folder / MIDDLES, _middles(self._index))
            rows, sizes = [], []
            with (folder / CODES).open("wb") as file:
                for cell in range(_cell_count(self._index)):
                    with self._lock:
                        held, codes = _cell(self._index, cell)
                    rows.append(held)
                    sizes.append(len(held))
                    file.write(codes.tobytes())
            np.save(folder / ROWS, np.concatenate(rows))
            np.save(folder / SIZES, np.array(sizes, dtype=np.int64))

    def load(self, folder: Path) -> None:
        """Hold what was saved; raises DamagedIndex."""
        try:
            index = self._read(folder)
        except (OSError, ValueError, EOFError) as error:
            raise DamagedIndex(f"{folder}: {error}") from error
        with self._tending, self._lock:
            self._index = index

    def _read(self, folder: Path) -> Any:
        middles, rows, sizes = (np.load(folder / name, allow_pickle=False) for name in (MIDDLES, ROWS, SIZES))
        flat = len(middles) == 0
        codes = np.fromfile(folder / CODES, dtype=np.float32 if flat else np.float16)
        cells = 1 if flat else len(middles)
        sound = rows.dtype == sizes.dtype == np.int64 and middles.dtype == np.float32
        fits = middles.shape[1:] == (self._dimension,) and len(sizes) == cells and sizes.sum() == len(rows)
        if not (sound and fits and (sizes >= 0).all() and len(codes) == len(rows) * self._dimension):
            raise ValueError("rows, cells and vectors do not fit together")
        codes = codes.reshape(-1, self._dimension)
        if flat:
            index = self._flat()
            index.add_with_ids(codes, rows)
            return index
        index = self._empty_cells(cells)
        index.quantizer.add(middles)
        index.train(np.zeros((1, self._dimension), dtype=np.float32))  # has its cells: only marked as trained
        ends = np.cumsum(sizes)
        for cell, (end, size) in enumerate(zip(ends.tolist(), sizes.tolist(), strict=True)):
            if size:
                part = codes[end - size : end].view(np.uint8)
                index.invlists.add_entries(cell, size, faiss.swig_ptr(rows[end - size : end]), faiss.swig_ptr(part))
        index.ntotal = len(rows)
        return index

    def _outgrown(self) -> bool:
        """Whether another shape would serve this size better."""
        size = self._index.ntotal
        if not isinstance(self._index, faiss.IndexIVF):
            return bool(size >= self._cells_from)
        made_for = (self._index.nlist / CELLS_BY_ROOT) ** 2
        return bool(size > OUTGROWN * made_for or size * OUTGROWN < made_for)

    def _flat(self) -> Any:
        return faiss.IndexIDMap(faiss.IndexFlatIP(self._dimension))

    def _cells(self, rows: Rows, vectors: Vectors) -> Any:
        index = self._empty_cells(max(1, round(CELLS_BY_ROOT * math.sqrt(len(rows)))))
        index.train(vectors)
        return index

    def _empty_cells(self, count: int) -> Any:
        index: Any = faiss.index_factory(self._dimension, f"IVF{count},SQfp16", faiss.METRIC_INNER_PRODUCT)
        index.by_residual = False  # a code is its vector, and can be read back without its cell
        index.cp.niter = ROUNDS
        index.cp.min_points_per_centroid, index.cp.max_points_per_centroid = 1, LEARNED_FROM
        index.nprobe = CELLS_LOOKED_INTO
        return index


def _replace(index: Any, gone: Rows, rows: Rows, vectors: Vectors) -> None:
    if len(gone):
        index.remove_ids(faiss.IDSelectorBatch(gone))
    if len(rows):
        index.add_with_ids(vectors, rows)


def _cell_count(index: Any) -> int:
    """How many cells there are; an index without any is read as one."""
    return index.nlist if isinstance(index, faiss.IndexIVF) else 1


def _cell(index: Any, cell: int) -> tuple[Rows, npt.NDArray[Any]]:
    """Copies of the rows and the vectors of a cell."""
    if not isinstance(index, faiss.IndexIVF):
        return faiss.vector_to_array(index.id_map), index.index.reconstruct_n(0, index.ntotal)
    lists: Any = index.invlists
    size = lists.list_size(cell)
    if not size:
        return np.zeros(0, dtype=np.int64), np.zeros((0, index.d), dtype=np.float16)
    codes = faiss.rev_swig_ptr(lists.get_codes(cell), size * index.code_size)
    return faiss.rev_swig_ptr(lists.get_ids(cell), size).copy(), codes.copy().view(np.float16).reshape(size, index.d)


def _all(index: Any) -> tuple[Rows, Vectors]:
    """Every row and its vector."""
    cells = [_cell(index, cell) for cell in range(_cell_count(index))]
    rows, vectors = (np.concatenate(parts) for parts in zip(*cells, strict=True))
    return rows, vectors.astype(np.float32, copy=False)


def _middles(index: Any) -> Vectors:
    """The middle of each cell; none where there are no cells."""
    if not isinstance(index, faiss.IndexIVF):
        return np.zeros((0, index.d), dtype=np.float32)
    middles: Vectors = index.quantizer.reconstruct_n(0, index.nlist)
    return middles
