"""Looks after the indexes while they serve: snapshots from time to time, another shape of the vector index when it grew."""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from knowledge_base.index.dense import DenseIndex
from knowledge_base.index.engine import DamagedIndex
from knowledge_base.index.lexical import LexicalIndex
from knowledge_base.index.snapshots import UNSURE, Snapshots

logger = logging.getLogger(__name__)
# As `nice` counts; Linux alone has it for each thread.
BEHIND = 10
# A shape in the making may take minutes: nobody waits for it at the end.
STOP_SECONDS = 3.0
WORDS, MEANINGS = "words", "meanings"


@dataclass(frozen=True)
class SnapshotRules:
    """When a snapshot is worth it: from so many phrases on, after so many changes, or after so many seconds with any."""

    phrases: int = 1_000
    changes: int = 200
    seconds: float = 600.0
    look_every: float = 5.0


class Changing(Protocol):
    """See :class:`knowledge_base.published.PublishedEntries`."""

    restored: Mapping[str, int]

    def begin(self) -> dict[str, int]:
        """What both indexes say of every entry now; changes are noted from here on."""

    def changed(self) -> set[str]:
        """The entries that changed since ``begin``, or are changing."""


class IndexKeeper:
    """One a process. ``restore`` comes before the database is read, ``start`` after."""

    def __init__(
        self,
        lexical: LexicalIndex,
        dense: DenseIndex,
        published: Changing,
        snapshots: Snapshots,
        rules: SnapshotRules = SnapshotRules(),
    ) -> None:
        self._lexical, self._dense = lexical, dense
        self._published = published
        self._snapshots = snapshots
        self._rules = rules
        self._saved_at = time.monotonic()
        # Whether something is to be saved that is not a changed entry, or could not be saved the last time.
        self._due = False
        self._restored = False
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def restore(self) -> bool:
        """Load the newest snapshot that is whole, once in a process's life; whether there was one."""
        if self._restored:
            return False
        self._restored = True
        for snapshot in self._snapshots.sound():
            try:
                self._dense.open(snapshot.folder / MEANINGS)
                self._lexical.load(snapshot.folder / WORDS)
            except DamagedIndex as error:
                logger.warning("a snapshot of the index cannot be read and is left out: %s", error)
                continue
            self._published.restored = snapshot.states
            return True
        self._dense.open()
        return False

    def forget(self) -> None:
        """In place of ``restore``: remove every snapshot and all that the engine holds. Raises EngineUnavailable."""
        self._restored = True
        self._snapshots.clear()
        self._dense.clear()

    def start(self) -> None:
        """Look after them in a thread from now on, behind whatever else wants the cores."""
        self._thread = threading.Thread(target=self._look_after, name="index-keeper", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Write what is not in a snapshot yet, and end."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join(STOP_SECONDS)
            if not self._thread.is_alive() and (self._due or self._published.changed()):
                self.save()

    def save(self) -> Path | None:
        """Write a snapshot if it is worth one; None where it is not, where the newest says the same, and on failure."""
        self._due, self._saved_at = False, time.monotonic()
        if len(self._lexical) < self._rules.phrases or self._snapshots.newest_states() == self._published.begin():
            return None
        try:
            written = self._snapshots.write(self._fill)
        except OSError:
            logger.exception("no snapshot of the index could be written; the next start takes longer")
            written = None
        self._due = written is None
        return written

    def _fill(self, folder: Path) -> dict[str, int]:
        states = self._published.begin()
        for name, part in ((WORDS, self._lexical), (MEANINGS, self._dense)):
            (folder / name).mkdir()
            part.save(folder / name)
        return states | dict.fromkeys(self._published.changed(), UNSURE)

    def _look_after(self) -> None:
        if sys.platform == "linux":
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), BEHIND)
        while not self._stopped.wait(self._rules.look_every):
            try:
                self._due |= self._dense.tend()
                changes = len(self._published.changed())
                waited = time.monotonic() - self._saved_at > self._rules.seconds
                if changes >= self._rules.changes or (waited and (changes or self._due)):
                    self.save()
            except Exception:  # the indexes serve on, and the next round may succeed
                logger.exception("looking after the index failed")
