"""A process's output, kept in files of bounded size.

The supervisor reads each child's output from a pipe and writes it: so files can be changed for new ones while the child
runs, whatever program it is. Bytes are written as they come, at once and without a buffer of ours: nothing is held back
when the supervisor is killed, and nothing piles up in memory when the disk is full.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CHUNK = 64 * 1024
# Room for what a child writes while the supervisor has no time: Linux gives a pipe 64 KB unless asked.
PIPE_BYTES = 1024 * 1024
TAIL_BYTES = 64 * 1024
LAST_WORDS_SECONDS = 2.0


class RotatingFile:
    """``NAME.log``, and before it ``NAME.1.log`` (newer) to ``NAME.N.log``; each about ``max_bytes``, cut between lines.

    Writing never raises and never waits: what a full or broken disk does not take is counted, and said in the file as soon
    as it takes something again.
    """

    def __init__(self, path: Path, max_bytes: int, older: int) -> None:
        self.path = path
        self._max_bytes = max_bytes
        self._older = older
        self._lock = threading.Lock()
        self._descriptor = -1
        self._size = 0
        self._at_line_start = True
        self._lost = 0

    def write(self, data: bytes) -> None:
        """Add ``data``."""
        with self._lock:
            if self._size >= self._max_bytes and (self._at_line_start or self._size >= 2 * self._max_bytes):
                self._rotate()
            self._write(data)

    def close(self) -> None:
        """Close the file; writing opens it again."""
        with self._lock:
            self._close()

    def tail(self, lines: int) -> str:
        """The last lines."""
        try:
            with self.path.open("rb") as file:
                file.seek(max(0, self.path.stat().st_size - TAIL_BYTES))
                text = file.read().decode("utf-8", errors="replace")
        except OSError:
            return ""
        return "\n".join(text.splitlines()[-lines:])

    def _write(self, data: bytes) -> None:
        try:
            if self._descriptor < 0:
                self._open()
            if self._lost:
                start = b"" if self._at_line_start else b"\n"
                self._add(start + b"(%d bytes of output could not be written here)\n" % self._lost)
                self._lost = 0
        except OSError:
            self._lost += len(data)
            return
        written = 0
        try:
            while written < len(data):
                written += self._add(data[written:])
        except OSError:
            self._lost += len(data) - written

    def _add(self, data: bytes) -> int:
        written = os.write(self._descriptor, data)
        self._size += written
        if written:
            self._at_line_start = data[written - 1 : written] == b"\n"
        return written

    def _open(self) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
        self._descriptor = os.open(self.path, flags, 0o600)
        self._size = os.fstat(self._descriptor).st_size

    def _close(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
        self._descriptor = -1

    def _rotate(self) -> None:
        self._close()
        with contextlib.suppress(OSError):
            if not self._older:
                self.path.unlink()
                return
            for number in range(self._older - 1, 0, -1):
                if (aged := self._aged(number)).exists():
                    aged.replace(self._aged(number + 1))
            self.path.replace(self._aged(1))

    def _aged(self, number: int) -> Path:
        return self.path.with_name(f"{self.path.stem}.{number}.log")


class Pump:
    """Carries what comes out of a pipe into a file, in a thread of its own, until nobody can write into the pipe."""

    def __init__(self, file: RotatingFile, name: str) -> None:
        self._file = file
        self._reader, self._writer = os.pipe()
        with contextlib.suppress(AttributeError, OSError):
            fcntl.fcntl(self._writer, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
        self._thread = threading.Thread(target=self._carry, name=f"output of {name}", daemon=True)

    @contextmanager
    def writer(self) -> Iterator[int]:
        """The end for the child; afterwards the child alone has it."""
        try:
            yield self._writer
        finally:
            os.close(self._writer)
            self._thread.start()

    def finish(self, seconds: float = LAST_WORDS_SECONDS) -> None:
        """Wait for the last words; a grandchild that still holds the pipe keeps nobody waiting."""
        self._thread.join(seconds)

    def _carry(self) -> None:
        try:
            while data := os.read(self._reader, CHUNK):
                self._file.write(data)
        finally:
            os.close(self._reader)
