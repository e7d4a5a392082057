"""The golden set asked in the background after a start, a new day or an import, so that the next publish need not wait."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from sqlalchemy.exc import SQLAlchemyError

logger = logging.getLogger(__name__)
# Few enough that a publish that comes meanwhile waits for a second at most.
AT_ONCE = 100
LOOK_AGAIN_SECONDS = 5.0


class BackgroundReplay:
    """A thread that asks golden questions without a standing through ``ask_some(limit)``, which says how many it asked.

    It rests as long as it works: citizens' questions come first.
    """

    def __init__(self, ask_some: Callable[[int], int], look_again: float = LOOK_AGAIN_SECONDS) -> None:
        self._ask_some = ask_some
        self._look_again = look_again
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="golden-set", daemon=True)

    def start(self) -> None:
        """Begin; called once."""
        self._thread.start()

    def stop(self) -> None:
        """End after the questions under way."""
        self._stopped.set()

    def _run(self) -> None:
        while not self._stopped.is_set():
            started = time.perf_counter()
            try:
                asked = self._ask_some(AT_ONCE)
            except SQLAlchemyError:
                asked = 0
                logger.warning("golden set: the database is unreachable; trying again", exc_info=True)
            self._stopped.wait(time.perf_counter() - started if asked else self._look_again)
