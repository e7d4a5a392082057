"""The heartbeat of a process that listens on nothing: a file whose time it renews."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

logger = logging.getLogger(__name__)


def heartbeat_file(data_dir: Path) -> Path:
    """The worker's heartbeat."""
    return data_dir / "run" / "worker.heartbeat"


class Heartbeat:
    """Renews the file while no job takes longer than ``longest`` seconds: a worker whose threads hang is not well."""

    def __init__(self, path: Path, longest: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._path = path
        self._longest = longest
        self._clock = clock
        self._began: dict[int, float] = {}
        self._failed = False

    @contextmanager
    def job(self) -> Iterator[None]:
        """Around a job, in the thread that does it."""
        thread = threading.get_ident()
        self._began[thread] = self._clock()
        try:
            yield
        finally:
            del self._began[thread]

    def beat(self) -> None:
        """Say that all is well, if it is."""
        now = self._clock()
        if any(now - began > self._longest for began in list(self._began.values())):
            logger.error("a job takes longer than %d s: no heartbeat until it ends", self._longest)
            return
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.touch()  # takes space on the disk only the first time
        except OSError:
            if not self._failed:
                logger.exception("the heartbeat cannot be renewed: the supervisor will take this process for silent")
            self._failed = True
        else:
            self._failed = False
