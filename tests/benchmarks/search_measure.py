"""Measuring one engine: latency by one and by eight clients, memory, time until a new text is found."""

from __future__ import annotations

import ctypes
import gc
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import psutil

from tests.benchmarks.numbers import Spread

CLIENTS = 8
WARM_UP = 50
LIMIT = 10
MB = 1 << 20


@dataclass(frozen=True)
class Loaded:
    """Searching by so many clients: threads of this process. ``cpu``: the thread's own processor time, which a busy
    machine does not lengthen (for an engine in another process it is only our side)."""

    clients: int
    wall: Spread
    cpu: Spread
    searches_per_second: float


@dataclass
class EngineFindings:
    """One engine at one size. Milliseconds, seconds, MB; ``None``: not measured, ``note`` says why."""

    engine: str
    size: int
    build_seconds: float = 0.0
    memory_mb: float = 0.0
    raw_vectors_mb: float = 0.0
    one: Loaded | None = None
    eight: Loaded | None = None
    visible_ms: Spread | None = None
    recall_at_10: float | None = None
    note: str = ""


def searched(search: Callable[[str], object], questions: Sequence[str], clients: int) -> Loaded:
    """Every question once, dealt out to so many threads."""
    for question in questions[:WARM_UP]:
        search(question)
    wall: list[float] = []
    cpu: list[float] = []

    def ask(mine: Sequence[str]) -> None:
        for question in mine:
            started, worked = time.perf_counter(), time.thread_time()
            search(question)
            cpu.append((time.thread_time() - worked) * 1000)
            wall.append((time.perf_counter() - started) * 1000)

    threads = [threading.Thread(target=ask, args=(questions[number::clients],)) for number in range(clients)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Loaded(clients, Spread.of(wall), Spread.of(cpu), round(len(wall) / (time.perf_counter() - started), 1))


def timed(deed: Callable[[], object]) -> float:
    """How long it takes, in milliseconds."""
    started = time.perf_counter()
    deed()
    return (time.perf_counter() - started) * 1000


def memory_mb() -> float:
    """What this process and its children hold, shared pages shared out, after what is free was given back."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    process = psutil.Process()
    family = [process, *process.children(recursive=True)]
    return float(sum(one.memory_full_info().pss for one in family)) / MB
