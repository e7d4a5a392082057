"""Locks between processes on one machine: whoever dies holds nothing any more, for the kernel lets go of its lock.

The file stays; what counts is the lock on it (https://man7.org/linux/man-pages/man2/flock.2.html), not that it exists.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ValidationError

LOOK_AGAIN_SECONDS = 0.2


class Holder(BaseModel):
    """Who holds a lock; ``ports`` are those it listens on, by what they are for."""

    pid: int
    since: datetime
    ports: dict[str, int] = {}


class LockHeld(RuntimeError):
    """Another process holds the lock; ``holder`` says which, if it got as far as writing that down."""

    def __init__(self, path: Path, holder: Holder | None) -> None:
        super().__init__(f"{path} is held by another process")
        self.holder = holder


@contextmanager
def held(path: Path, ports: dict[str, int] | None = None) -> Iterator[None]:
    """Hold the lock, or raise LockHeld at once."""
    descriptor = _open(path)
    try:
        if not _take(descriptor):
            time.sleep(LOOK_AGAIN_SECONDS)  # somebody may just be looking who holds it
            if not _take(descriptor):
                raise LockHeld(path, _read(path))
        me = Holder(pid=os.getpid(), since=datetime.now().astimezone(), ports=ports or {})
        # On a full disk it is held all the same, only nobody can read by whom.
        with contextlib.suppress(OSError):
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, me.model_dump_json().encode(), 0)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def one_at_a_time(
    path: Path, seconds: float = 600.0, waiting: Callable[[Holder | None], None] = lambda holder: None
) -> Iterator[None]:
    """Hold the lock as soon as nobody else does; ``waiting`` is told once if that takes a while.

    Raises LockHeld after ``seconds``.
    """
    deadline, told = time.monotonic() + seconds, False
    with contextlib.ExitStack() as stack:
        while True:
            try:
                stack.enter_context(held(path))
                break
            except LockHeld as error:
                if time.monotonic() > deadline:
                    raise
                if not told:
                    waiting(error.holder)
                told = True
            time.sleep(LOOK_AGAIN_SECONDS)
        yield


def holder_of(path: Path) -> Holder | None:
    """Who holds the lock now; None if nobody does."""
    if not path.exists():
        return None
    descriptor = _open(path)
    try:
        return None if _take(descriptor) else _read(path)
    finally:
        os.close(descriptor)


def _open(path: Path) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _take(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _read(path: Path) -> Holder | None:
    try:
        return Holder.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None
