"""Work that computes for too long ends, also inside ``re`` and inside code that swallows exceptions."""

import contextlib
import re
import threading
import time
from collections.abc import Callable

import pytest

from bot.cpu_limit import CpuLimitExceeded, cpu_limit
from bot.pools import TURNS, run_in

LIMIT = 0.1


def backtracking() -> object:
    return re.match(r"(a+)+$", "a" * 60 + "b")


def swallowing() -> None:
    while True:
        with contextlib.suppress(Exception):
            backtracking()


@pytest.mark.parametrize("work", [backtracking, swallowing])
def test_work_without_end_is_ended(work: Callable[[], object]) -> None:
    started = time.process_time()
    with pytest.raises(CpuLimitExceeded), cpu_limit(LIMIT):
        work()
    assert time.process_time() - started < 10 * LIMIT


def test_waiting_is_no_computing() -> None:
    with cpu_limit(LIMIT):
        time.sleep(3 * LIMIT)


def test_what_comes_after_a_limit_is_not_limited() -> None:
    for _ in range(100):
        with cpu_limit(LIMIT):
            pass
    until = time.process_time() + 3 * LIMIT
    while time.process_time() < until:
        pass


async def test_in_another_thread_nothing_is_limited_and_nothing_breaks() -> None:
    def work() -> str:
        with cpu_limit(LIMIT):
            return "done"

    assert await run_in(TURNS, work) == "done"


def test_what_other_threads_compute_is_not_held_against_the_text() -> None:
    stop = threading.Event()

    def spin() -> None:
        while not stop.is_set():
            sum(range(1000))

    others = [threading.Thread(target=spin) for _ in range(4)]
    for other in others:
        other.start()
    try:
        until = time.process_time() + 4 * LIMIT
        with cpu_limit(LIMIT):
            while time.process_time() < until:
                time.sleep(0.005)
    finally:
        stop.set()
        for other in others:
            other.join()
