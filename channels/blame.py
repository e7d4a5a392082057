"""Whether a message may be to blame for its failure: where others fail at the same time, it most likely is not."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable


class Failures:
    """The newest failures of this process, by conversation. ``seconds``: so long ago is still the same time."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self._newest: deque[tuple[float, str]] = deque()

    def add(self, conversation_id: str) -> bool:
        """Note a failure; whether no other conversation had one at the same time."""
        now = self._clock()
        while self._newest and self._newest[0][0] < now - self._seconds:
            self._newest.popleft()
        alone = all(other == conversation_id for _, other in self._newest)
        self._newest.append((now, conversation_id))
        return alone
