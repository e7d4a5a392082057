"""Both indexes on disk, so that a start need not make them anew. The database stays the truth; a snapshot only saves time.

``<folder>/<fingerprint>/<number>/`` has a folder a part and ``manifest.json``: every file with its size and hash, and what
each entry said when it was indexed. It is written beside, and then renamed: it is there whole, or not at all.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import logging
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge_base.index.engine import DamagedIndex

logger = logging.getLogger(__name__)
FORMAT = 1
KEPT = 2
MANIFEST = "manifest.json"
LOCK = ".lock"
UNFINISHED = ".new"
# What an entry said that changed while the snapshot was written: it has to be indexed anew.
UNSURE = 0


@dataclass(frozen=True)
class Snapshot:
    """A snapshot that was found whole. ``states``: entry → number of what it said, 0 where that is not known."""

    folder: Path
    states: dict[str, int]


class Snapshots:
    """The snapshots made with one encoder (``fingerprint``); several processes may share the folder."""

    def __init__(self, folder: Path, fingerprint: str) -> None:
        self._fingerprint = fingerprint
        self._folder = folder / fingerprint

    def sound(self) -> Iterator[Snapshot]:
        """The snapshots that are whole, newest first; what is not is named in the log."""
        for number in reversed(self._numbers()):
            folder = self._folder / str(number)
            try:
                yield Snapshot(folder, self._checked(folder))
            except (DamagedIndex, OSError) as error:
                logger.warning("a snapshot of the index is damaged and left out: %s", error)

    def write(self, fill: Callable[[Path], Mapping[str, int]]) -> Path | None:
        """Write the next snapshot. ``fill`` writes the files into an empty folder and returns the states.

        Returns None, without a call of ``fill``, while another process writes one. Raises OSError; nothing is left then.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        with self._alone() as alone:
            if not alone:
                return None
            shutil.rmtree(self._folder / UNFINISHED, ignore_errors=True)  # of a process that was killed
            unfinished = self._folder / UNFINISHED
            try:
                unfinished.mkdir()
                states = fill(unfinished)
                self._sign(unfinished, states)
                target = self._folder / str(max(self._numbers(), default=0) + 1)
                unfinished.rename(target)
                _to_disk(self._folder)
            finally:
                shutil.rmtree(unfinished, ignore_errors=True)
            for number in self._numbers()[:-KEPT]:
                self._remove(self._folder / str(number))
            for folder in self._folder.parent.iterdir():
                if folder != self._folder:
                    shutil.rmtree(folder, ignore_errors=True)  # of an encoder that is no more
            return target

    def newest_states(self) -> dict[str, int] | None:
        """What the newest snapshot knows, its files unchecked; None where there is none."""
        for number in reversed(self._numbers()):
            try:
                states: dict[str, int] = self._manifest(self._folder / str(number))["states"]
                return states
            except (DamagedIndex, OSError):
                continue
        return None

    def clear(self) -> None:
        """Remove all snapshots."""
        for number in self._numbers():
            self._remove(self._folder / str(number))

    def _numbers(self) -> list[int]:
        if not self._folder.is_dir():
            return []
        return sorted(int(path.name) for path in self._folder.iterdir() if path.name.isdecimal())

    @contextmanager
    def _alone(self) -> Iterator[bool]:
        """Whether no other process writes; the system lets go of the lock when a process is killed."""
        with (self._folder / LOCK).open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True

    def _sign(self, folder: Path, states: Mapping[str, int]) -> None:
        files = {}
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            files[path.relative_to(folder).as_posix()] = [path.stat().st_size, _sha256(path)]
            _to_disk(path)
        content = json.dumps(
            {"format": FORMAT, "encoder": self._fingerprint, "states": dict(states), "files": files}, ensure_ascii=False
        )
        digest = hashlib.sha256(content.encode()).hexdigest()
        (folder / MANIFEST).write_text(f"{digest}\n{content}", encoding="utf-8")
        _to_disk(folder / MANIFEST)
        for path in [folder, *(path for path in folder.rglob("*") if path.is_dir())]:
            _to_disk(path)

    def _manifest(self, folder: Path) -> dict[str, Any]:
        digest, _, content = (folder / MANIFEST).read_bytes().partition(b"\n")
        if hashlib.sha256(content).hexdigest().encode() != digest:
            raise DamagedIndex(f"{folder / MANIFEST}: not as it was written")
        manifest: dict[str, Any] = json.loads(content)
        if manifest["format"] != FORMAT or manifest["encoder"] != self._fingerprint:
            raise DamagedIndex(f"{folder}: of another version")
        return manifest

    def _checked(self, folder: Path) -> dict[str, int]:
        manifest = self._manifest(folder)
        for name, (size, digest) in manifest["files"].items():
            if (folder / name).stat().st_size != size or _sha256(folder / name) != digest:
                raise DamagedIndex(f"{folder / name}: not as it was written")
        states: dict[str, int] = manifest["states"]
        return states

    @staticmethod
    def _remove(folder: Path) -> None:
        """The manifest first: what is half removed is no snapshot."""
        (folder / MANIFEST).unlink(missing_ok=True)
        shutil.rmtree(folder, ignore_errors=True)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _to_disk(path: Path) -> None:
    """Wait until a file or a folder's list of files is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
