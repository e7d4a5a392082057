"""Asking through several doors in turn, so that whatever else the machine does falls on all of them alike."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from tests.benchmarks.doors import TURNS_A_CONVERSATION, Door
from tests.benchmarks.numbers import Spread

# Enough for a slice: a client that gets through all of them begins again with the first.
CONVERSATIONS_A_SLICE = 8
MakeDoor = Callable[[], Door]


@dataclass(frozen=True)
class Load:
    """What one door gave under one load; ``throughput`` in turns a second."""

    clients: int
    latency: Spread
    throughput: float


def one_client(
    doors: Mapping[str, MakeDoor],
    questions: Sequence[str],
    *,
    turns: int,
    warm_up: int,
    begins: Callable[[], None] = lambda: None,
) -> dict[str, Load]:
    """``turns`` questions through each door, one client, the doors taking turns question by question.

    ``begins`` is called when all is prepared and warm.
    """
    open_doors = {name: make() for name, make in doors.items()}
    for door in open_doors.values():
        door.prepare((turns + warm_up) // TURNS_A_CONVERSATION + 1)
        for number in range(warm_up):
            door.ask(questions[number % len(questions)])
    begins()
    took: dict[str, list[float]] = {name: [] for name in doors}
    for number in range(turns):
        for name, door in open_doors.items():
            started = time.perf_counter()
            door.ask(questions[number % len(questions)])
            took[name].append((time.perf_counter() - started) * 1000)
    return {
        name: Load(1, Spread.of(samples), round(1000 * len(samples) / sum(samples), 1))
        for name, samples in took.items()
    }


def many_clients(
    doors: Mapping[str, MakeDoor], questions: Sequence[str], *, clients: int, seconds: float, slices: int
) -> dict[str, Load]:
    """``clients`` at once for ``seconds`` through each door, in ``slices`` that the doors take turns with."""
    open_doors = {name: [make() for _ in range(clients)] for name, make in doors.items()}
    took: dict[str, list[float]] = {name: [] for name in doors}
    busy = dict.fromkeys(doors, 0.0)
    for _ in range(slices):
        for name, crowd in open_doors.items():
            for door in crowd:
                door.prepare(CONVERSATIONS_A_SLICE)
            started = time.perf_counter()
            took[name] += _slice(crowd, questions, started + seconds / slices)
            busy[name] += time.perf_counter() - started
    return {
        name: Load(clients, Spread.of(samples), round(len(samples) / busy[name], 1)) for name, samples in took.items()
    }


def _slice(crowd: Sequence[Door], questions: Sequence[str], until: float) -> list[float]:
    took: list[float] = []
    failures: list[BaseException] = []

    def ask_until(door: Door, number: int) -> None:
        try:
            while time.perf_counter() < until and not failures:
                started = time.perf_counter()
                door.ask(questions[number % len(questions)])
                took.append((time.perf_counter() - started) * 1000)
                number += 1
        except BaseException as error:
            failures.append(error)

    threads = [
        threading.Thread(target=ask_until, args=(door, place * 17), daemon=True) for place, door in enumerate(crowd)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return took
