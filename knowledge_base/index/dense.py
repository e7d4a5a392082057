"""Phrases by their sentence vectors; which of them are near a question is an engine's business."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import faiss
import numpy as np

from knowledge_base.index.engine import EngineUnavailable, Rows, VectorEngine
from knowledge_base.index.faiss_engine import FaissEngine
from knowledge_base.index.growing import Growing
from knowledge_base.index.phrase_table import GONE, PhraseTable
from knowledge_base.index.rows import NumberedRows, row_numbers
from knowledge_base.phrases import Phrase
from nlu.encoder.ports import Encoder, Vectors

logger = logging.getLogger(__name__)
NONE: Rows = np.zeros(0, dtype=np.int64)


class DenseIndex:
    """Phrases by their vectors; adding, removing and searching are safe from several threads. ``engine``: None for FAISS."""

    def __init__(self, encoder: Encoder, engine: VectorEngine | None = None) -> None:
        self._encoder = encoder
        self._engine = FaissEngine(encoder.dimension) if engine is None else engine
        self._phrases = PhraseTable()
        # The number of every row of the table, and the row of every number.
        self._numbers, self._by_number = Growing.of(np.int64), NumberedRows()
        # What the engine held when it was opened, sorted, until all entries are known.
        self._held = NONE
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._phrases)

    def replace(self, entry_ids: Iterable[str], phrases: Sequence[Phrase]) -> None:
        """Forget all phrases of ``entry_ids`` and of the entries of ``phrases``, then learn ``phrases``.

        Vectors are made before anything is locked.
        """
        vectors, phrases = self.vectors(phrases)
        numbers = row_numbers(phrases)
        with self._lock:
            gone = self._forget({*entry_ids, *(phrase.entry_id for phrase in phrases)})
            # Learned here before the engine has them: what it finds has to be known.
            self._learn(phrases, numbers)
            self._engine.replace(np.union1d(gone, numbers), numbers, vectors)

    def vectors(self, phrases: Sequence[Phrase]) -> tuple[Vectors, list[Phrase]]:
        """Vectors of ``phrases`` entry by entry, each once, and after those of an entry their mean direction."""
        phrases = with_wholes(phrases)
        vectors = np.zeros((len(phrases), self._encoder.dimension), dtype=np.float32)
        plain = [place for place, phrase in enumerate(phrases) if phrase.kind != "whole"]
        if not plain:
            return vectors, phrases
        vectors[plain] = self._encoder.encode([phrases[place].text for place in plain])
        wholes = [place for place, phrase in enumerate(phrases) if phrase.kind == "whole"]
        means = np.add.reduceat(vectors, [0, *(place + 1 for place in wholes[:-1])])
        faiss.normalize_L2(means)
        vectors[wholes] = means
        return vectors, phrases

    def count(self, entry_ids: Iterable[str]) -> int:
        """How many vectors of these entries are in the index."""
        return sum(len(self._phrases.rows_of(entry_id)) for entry_id in entry_ids)

    def encode(self, question: str) -> Vectors:
        """The question's vector, shape (dimension,)."""
        vector: Vectors = self._encoder.encode([question])[0]
        return vector

    def search(self, question: str, limit: int) -> list[tuple[Phrase, float]]:
        """The nearest ``limit`` phrases with their cosine, best first; none while the engine does not answer."""
        vector, wanted = self.encode(question), limit
        try:
            while True:
                found = self._engine.search(vector, wanted)
                hits = self._named(found)
                # A shared engine may hold what another process taught it just now and what is not known here yet.
                if len(hits) >= limit or len(found) < wanted:
                    return hits[:limit]
                wanted *= 2
        except EngineUnavailable as error:
            logger.warning("searching by words alone: %s", error)
            return []

    def _named(self, found: Sequence[tuple[int, float]]) -> list[tuple[Phrase, float]]:
        rows = self._by_number.rows([number for number, _ in found])
        known = np.flatnonzero(rows >= 0).tolist()
        phrases = self._phrases.phrases(rows[known])
        return [(phrase, found[at][1]) for at, phrase in zip(known, phrases, strict=True) if phrase is not None]

    # Starting, growing, keeping ---------------------------------------------

    def open(self, folder: Path | None = None) -> None:
        """Before the database is read: what was saved in ``folder``, and what the engine holds, can be adopted from now on.

        Raises DamagedIndex.
        """
        if folder is not None:
            self._engine.load(folder)
        try:
            self._held = np.sort(self._engine.rows())
        except EngineUnavailable as error:
            logger.warning("all vectors are made anew: %s", error)

    def adopt(self, phrases: Sequence[Phrase]) -> dict[str, int]:
        """Take those entries as known whose vectors the engine held from the start; returns what each entry says, as a number.

        Where ``states`` has another number or none, the entry has to be learned with ``replace``.
        """
        phrases = with_wholes(phrases)
        numbers = row_numbers(phrases)
        if len(self._held) and phrases:
            places = np.minimum(np.searchsorted(self._held, numbers), len(self._held) - 1)
            missing = {phrases[at].entry_id for at in np.flatnonzero(self._held[places] != numbers)}
            with self._lock:
                known = [bool(self._phrases.rows_of(one.entry_id)) or one.entry_id in missing for one in phrases]
                new = np.flatnonzero(np.logical_not(known))
                self._learn([phrases[at] for at in new], numbers[new])
        return {one.entry_id: int(number) for one, number in zip(phrases, numbers, strict=True) if one.kind == "whole"}

    def states_of(self, entry_ids: Iterable[str]) -> dict[str, int]:
        """What those of these entries say that are known, as numbers."""
        with self._lock:
            rows = {entry_id: self._phrases.rows_of(entry_id) for entry_id in entry_ids}
            return {entry_id: int(self._numbers.values[at.stop - 1]) for entry_id, at in rows.items() if at}

    def states(self) -> dict[str, int]:
        """What every known entry says, as a number."""
        with self._lock:
            rows, owners = self._phrases.live()
            lasts = rows[np.flatnonzero(np.diff(owners, append=GONE))]
            wholes = self._phrases.phrases(lasts)
            numbers = self._numbers.values[lasts].tolist()
        return {phrase.entry_id: number for phrase, number in zip(wholes, numbers, strict=True) if phrase is not None}

    def tend(self) -> bool:
        """What the engine does from time to time; whether anything changed."""
        return self._engine.tend()

    def settle(self, threads: int = 1) -> None:
        """All entries are known: the engine forgets what it held for others, and takes the shape that their number asks for."""
        with self._lock:
            if len(self._held):
                orphans = np.setdiff1d(self._held, self._numbers.values[self._phrases.live().rows])
                self._engine.replace(orphans, NONE, np.zeros((0, self._encoder.dimension), dtype=np.float32))
                self._held = NONE
        self._engine.tend(threads)

    def save(self, folder: Path) -> None:
        """Write what ``open`` reads into an empty folder; searching and changing go on."""
        self._engine.save(folder)

    def clear(self) -> None:
        """Let the engine forget everything; for a new start. Raises EngineUnavailable."""
        self._engine.clear()

    def _forget(self, entry_ids: Iterable[str]) -> Rows:
        """The numbers that these entries had."""
        gone = [self._phrases.forget(entry_id) for entry_id in entry_ids]
        return np.concatenate([NONE, *(self._numbers.values[rows.start : rows.stop] for rows in gone)])

    def _learn(self, phrases: Sequence[Phrase], numbers: Rows) -> None:
        first = self._phrases.rows
        self._numbers.extend(numbers)
        self._phrases.add(phrases)
        self._by_number.learn(numbers, range(first, first + len(phrases)))


def with_wholes(phrases: Sequence[Phrase]) -> list[Phrase]:
    """The phrases entry by entry, each once, and after those of an entry one that stands for all of it."""
    groups: dict[str, dict[Phrase, None]] = {}
    for phrase in phrases:
        groups.setdefault(phrase.entry_id, {})[phrase] = None
    return [one for group in groups.values() for one in (*group, replace(next(iter(group)), kind="whole", text=""))]
