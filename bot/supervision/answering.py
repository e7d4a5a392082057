"""Whether a process answers: it may live and do nothing, stopped or caught in a loop."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

# A probe asks and waits at most so many seconds. True: it answered. False: it did not. None: it cannot be told, say
# because what the process itself waits for is silent.
Probe = Callable[[float], bool | None]

PROBE_SECONDS = 3.0
PAUSE_SECONDS = 1.0
# One probe may go wrong for reasons of the one who asks: a supervisor that got no time itself.
FEWEST_MISSES = 3


@dataclass(frozen=True)
class Patience:
    """When a process counts as silent: it has not answered for ``silent`` seconds, or not once within ``start`` seconds."""

    silent: float
    start: float


class Silence:
    """Decides from what probes found, and when, whether a process has fallen silent. Times are monotonic seconds."""

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        self.started(0.0)

    def started(self, now: float) -> None:
        """The process was started: it may take its time until it answers for the first time."""
        self._began = self._last_answer = now
        self._answered = False
        self._misses = 0

    def found(self, answer: bool | None, now: float) -> None:
        """A probe has come back."""
        if answer is False:
            self._misses += 1
            return
        # Not to be told is no reason to blame it: the time starts again.
        self._answered = self._answered or bool(answer)
        self._began = self._last_answer = now
        self._misses = 0

    def silent_for(self, now: float) -> float | None:
        """How many seconds it has been silent, once that is longer than patience allows; None before."""
        waited = now - (self._last_answer if self._answered else self._began)
        allowed = self._patience.silent if self._answered else self._patience.start
        return waited if self._misses >= FEWEST_MISSES and waited >= allowed else None


class Listener:
    """Probes one process again and again in a thread of its own, so that a slow probe keeps nobody waiting."""

    def __init__(
        self, probe: Probe, patience: Patience, name: str, *, pause: float = PAUSE_SECONDS, wait: float = PROBE_SECONDS
    ) -> None:
        self._probe = probe
        self._pause = pause
        self._wait = wait
        self._silence = Silence(patience)
        self._lock = threading.Lock()
        self._life = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._listen, name=f"probe of {name}", daemon=True)

    def started(self) -> None:
        """The process was started, for the first time or again."""
        with self._lock:
            self._life += 1
            self._silence.started(time.monotonic())
        if not self._thread.ident:
            self._thread.start()

    def silent_for(self) -> float | None:
        """See :meth:`Silence.silent_for`."""
        with self._lock:
            return self._silence.silent_for(time.monotonic())

    def end(self) -> None:
        """Probe no more."""
        self._ended.set()

    def _listen(self) -> None:
        while not self._ended.wait(self._pause):
            with self._lock:
                life = self._life
            answer = self._ask()
            with self._lock:
                if life == self._life:  # the answer of an earlier life says nothing
                    self._silence.found(answer, time.monotonic())

    def _ask(self) -> bool | None:
        try:
            return self._probe(self._wait)
        except Exception:  # whatever goes wrong with asking, nothing answered
            return False
