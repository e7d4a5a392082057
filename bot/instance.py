"""This running process, by a name that others can tell the death of: what a dead process had taken is free at once.

Each instance holds an exclusive lock (flock) on a file of its own as long as it lives; the system lets go of it however
the process ends. Names begin with the place: host, its present boot and the folder of the locks. Who sees another
folder, or the same one from another host, cannot tell, and waits for the lease to run out.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import socket
import threading
import uuid
from pathlib import Path

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class Instance:
    """One process, known by :attr:`name`; ``folder`` is where the locks are, shared by the processes of a host."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._making = threading.Lock()
        self._name = ""
        self._held = -1

    @property
    def name(self) -> str:
        """``place.id``, at most 64 characters; the lock is taken when the name is first asked for."""
        with self._making:
            if not self._name:
                self._folder.mkdir(parents=True, exist_ok=True)
                self._sweep()
                self._name, self._held = self._born()
        return self._name

    def is_dead(self, name: str) -> bool:
        """Whether the process of this name has ended for certain; false for those of other places."""
        if not name or name == self.name or not name.startswith(self._place() + "."):
            return False
        lock = _free_lock(self._file(name))
        if lock is None:
            return not self._file(name).exists()
        os.close(lock)
        return True

    def close(self) -> None:
        """Let go: whoever looks now finds this instance dead."""
        with self._making:
            if self._held >= 0:
                self._file(self._name).unlink(missing_ok=True)
                os.close(self._held)
            self._name, self._held = "", -1

    def _born(self) -> tuple[str, int]:
        while True:
            name = f"{self._place()}.{uuid.uuid4().hex}"
            file = os.open(self._file(name), os.O_CREAT | os.O_RDWR, 0o600)
            fcntl.flock(file, fcntl.LOCK_EX)
            if os.fstat(file).st_nlink:
                return name, file
            os.close(file)  # swept away by another process before it was locked

    def _sweep(self) -> None:
        """Remove the files of those that are dead."""
        for path in self._folder.glob("*.lock"):
            lock = _free_lock(path)
            if lock is not None:
                path.unlink(missing_ok=True)
                os.close(lock)

    def _place(self) -> str:
        folder = self._folder.stat()
        boot = BOOT_ID.read_text().strip() if BOOT_ID.exists() else ""
        seen = f"{socket.gethostname()}|{boot}|{folder.st_dev}|{folder.st_ino}"
        return hashlib.sha256(seen.encode()).hexdigest()[:16]

    def _file(self, name: str) -> Path:
        return self._folder / f"{name}.lock"


def _free_lock(path: Path) -> int | None:
    """The file, open and locked by us; None where another holds it or it is gone."""
    with contextlib.suppress(OSError):
        file = os.open(path, os.O_RDWR)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(file)
            return None
        return file
    return None
