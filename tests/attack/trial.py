"""What a trial of ``make attack`` is: something done to a running assistant, and what must still hold."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

G = TypeVar("G")


@dataclass(frozen=True)
class Scale:
    """How hard it is tried. Everything is bounded: connections and messages by these numbers, waits by the trials."""

    name: str
    sign_ins: int
    connections: int
    requests: int
    citizens: int
    guesses: int
    conversations: int
    suites: bool


SMALL = Scale(
    "small", sign_ins=60, connections=60, requests=100, citizens=16, guesses=12, conversations=60, suites=False
)
FULL = Scale(
    "full", sign_ins=150, connections=200, requests=1000, citizens=200, guesses=60, conversations=500, suites=True
)


class NotHeld(AssertionError):
    """Something that must hold did not; the words say what was seen instead."""


class NotTried(Exception):
    """The trial cannot be made on this machine; the words say what is missing."""


@dataclass(frozen=True)
class Outcome:
    """How one trial ended: ``held``, ``broken`` or ``not tried``, with what was seen."""

    group: str
    name: str
    state: str
    seen: str
    seconds: float


@dataclass(frozen=True)
class Trial(Generic[G]):
    """One trial; ``run`` returns what was seen and raises AssertionError for what did not hold."""

    name: str
    run: Callable[[G], str]


def hold(condition: object, seen: str) -> None:
    """Raise NotHeld with what was seen unless the condition is true."""
    if not condition:
        raise NotHeld(seen)


def made(group: str, trials: list[Trial[G]], ground: G) -> Iterator[Outcome]:
    """Make the trials one after the other; an unexpected error is a broken trial and never ends the others."""
    for trial in trials:
        started = time.monotonic()
        state, seen = _one(trial, ground)
        yield Outcome(group, trial.name, state, seen, round(time.monotonic() - started, 1))


def _one(trial: Trial[G], ground: G) -> tuple[str, str]:
    try:
        return "held", trial.run(ground)
    except NotTried as reason:
        return "not tried", str(reason)
    except AssertionError as error:
        return "broken", str(error)[:400] or "an assertion failed"
    except Exception as error:
        traceback.print_exc()
        return "broken", f"{type(error).__name__}: {error}"[:400]


def first(found: Callable[[], object], seconds: float, pause: float = 0.2) -> bool:
    """Whether ``found`` became true within ``seconds``."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found():
            return True
        time.sleep(pause)
    return False
