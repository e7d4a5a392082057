"""Files that must be whole after a power cut: copied with their checksum, readable by their owner alone, written through."""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.backup.errors import BackupError

CHUNK = 4 << 20
PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o700

Read = Callable[[int], None]
"""Told how many bytes were done since the last call."""


def _nobody(_done: int) -> None:
    """For whoever shows no progress."""


def make_private_folder(path: Path) -> None:
    """A folder that only its owner can look into; its parents are made as the system makes them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
    path.chmod(PRIVATE_FOLDER)


def make_private_file(path: Path) -> None:
    """An empty file that only its owner can read, before anything is written into it."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE))


def write_private(path: Path, content: bytes) -> None:
    """A new file with this content, written through to the disk."""
    make_private_file(path)
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def checksum(path: Path, read: Read = _nobody) -> str:
    """SHA-256 of a file, hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(CHUNK):
            digest.update(piece)
            read(len(piece))
    return digest.hexdigest()


def copy_private(source: Path, target: Path, read: Read = _nobody) -> str:
    """Copy a file and write it through; the SHA-256 of what was copied."""
    digest = hashlib.sha256()
    make_private_file(target)
    with source.open("rb") as old, target.open("wb") as new:
        while piece := old.read(CHUNK):
            digest.update(piece)
            new.write(piece)
            read(len(piece))
        new.flush()
        os.fsync(new.fileno())
    return digest.hexdigest()


def sync_folder(path: Path) -> None:
    """Write a folder's names through to the disk: after this a rename survives a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_tree(folder: Path) -> None:
    """Write a folder with all that is in it through to the disk."""
    for path in [*folder.rglob("*"), folder]:
        sync_folder(path)  # files are written through the same way


def files_below(folder: Path) -> list[Path]:
    """All files below a folder, in one order; links are left out, they point to somewhere else."""
    return sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


@contextmanager
def held(path: Path, refusal: str) -> Iterator[None]:
    """Hold a lock file; raises BackupError with ``refusal`` while another process holds it. A killed process lets go."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, PRIVATE_FILE)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BackupError(refusal) from error
        yield
    finally:
        os.close(descriptor)
