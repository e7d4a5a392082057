"""How far a long import has come, told to whoever waits for it, whatever is between them.

>>> def tell(phase, done, total): print(phase, done, total)
>>> with listening(tell):
...     begin("read")
...     pages = list(steps(["one", "two"]))
read 0 0
read 0 2
read 1 2
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

Tell = Callable[[str, int, int], None]
"""Takes the phase, how many of its steps are done and how many there are; 0 of 0 where nobody knows."""

T = TypeVar("T")
# Nobody sees more than so many steps.
SEEN = 100
_tell: ContextVar[Tell | None] = ContextVar("tell", default=None)
_phase: ContextVar[str] = ContextVar("phase", default="")


@contextmanager
def listening(tell: Tell) -> Iterator[None]:
    """``tell`` hears of everything that is done in this thread meanwhile."""
    token = _tell.set(tell)
    try:
        yield
    finally:
        _tell.reset(token)


@contextmanager
def unheard() -> Iterator[None]:
    """What is done meanwhile is one step of something larger."""
    token = _tell.set(None)
    try:
        yield
    finally:
        _tell.reset(token)


def begin(phase: str) -> None:
    """What is done from now on is this phase."""
    _phase.set(phase)
    report(0, 0)


def report(done: int, total: int) -> None:
    """So many steps of the present phase are done."""
    tell = _tell.get()
    if tell is not None:
        tell(_phase.get(), done, total)


def steps(things: Sequence[T]) -> Iterator[T]:
    """The things one by one, telling how far it is."""
    every = max(1, len(things) // SEEN)
    for number, thing in enumerate(things):
        if number % every == 0:
            report(number, len(things))
        yield thing
