"""An end to work that computes for too long, for code that an event loop runs. Also imported by Rasa (Python 3.10).

A thread would not help: Python's ``re`` holds the interpreter while it searches. But it looks for signals every few
thousand steps, and so does the interpreter between two instructions, so a timer of CPU time can end both
(https://docs.python.org/3/library/signal.html#signal.setitimer). Setting the timer and taking it back costs 10–20 µs.
"""

from __future__ import annotations

import contextlib
import signal
import threading
import time
from collections.abc import Iterator

# How often it rings after the first time, in seconds of all threads together; who swallows one hears the next.
AGAIN_SECONDS = 0.1


class CpuLimitExceeded(RuntimeError):
    """The work took more CPU time than it may."""


class _Alarm(BaseException):
    """Ends the work; no ``except Exception`` on the way may keep it."""


_armed = False
_until = 0.0


def _ring(_signal: int, _frame: object) -> None:
    """The timer counts what all threads compute; what is limited is what the main thread does itself."""
    if _armed and time.thread_time() >= _until:
        raise _Alarm


@contextlib.contextmanager
def cpu_limit(seconds: float) -> Iterator[None]:
    """Raise CpuLimitExceeded when the block takes more than ``seconds`` of this thread's CPU time.

    Nothing in the block may await. Only the main thread can be interrupted: elsewhere, and within another limit,
    nothing is limited here.
    """
    global _armed, _until
    if _armed or threading.current_thread() is not threading.main_thread():
        yield
        return
    if signal.getsignal(signal.SIGPROF) is not _ring:
        signal.signal(signal.SIGPROF, _ring)
    try:
        _until = time.thread_time() + seconds
        _armed = True
        signal.setitimer(signal.ITIMER_PROF, seconds, AGAIN_SECONDS)
        yield
    except _Alarm:
        raise CpuLimitExceeded(f"more than {seconds} s of CPU time") from None
    finally:
        _armed = False
        signal.setitimer(signal.ITIMER_PROF, 0)
