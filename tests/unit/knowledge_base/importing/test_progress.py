from __future__ import annotations

from contextlib import AbstractContextManager

import import_files as files
import pytest

from knowledge_base.importing.limits import default_limits
from knowledge_base.importing.parts import ImportProblem
from knowledge_base.importing.progress import begin, listening, steps, unheard
from knowledge_base.importing.reading_process import read_apart

Told = list[tuple[str, int, int]]


@pytest.fixture
def told() -> Told:
    return []


def hear(told: Told) -> AbstractContextManager[None]:
    return listening(lambda phase, done, total: told.append((phase, done, total)))


def test_steps_are_told_with_their_phase_and_a_hundred_times_at_most(told: Told) -> None:
    with hear(told):
        begin("write")
        assert list(steps(range(1000))) == list(range(1000))
    assert told[:3] == [("write", 0, 0), ("write", 0, 1000), ("write", 10, 1000)]
    assert len(told) == 101


def test_nobody_need_listen_and_a_step_of_something_larger_is_not_told(told: Told) -> None:
    assert list(steps("ab")) == ["a", "b"]
    with hear(told), unheard():
        list(steps("ab"))
    assert told == []


def test_pages_read_in_the_other_process_are_told_here(told: Told) -> None:
    with hear(told):
        read_apart("many.pdf", files.pdf(["第一页", "第二页", "第三页"], per_page=1), default_limits())
    assert told == [("read", 0, 0), ("read", 0, 3), ("read", 1, 3), ("read", 2, 3)]


def test_a_reader_that_takes_too_long_is_ended(told: Told) -> None:
    slow = default_limits().model_copy(update={"reading_seconds": 0})
    with pytest.raises(ImportProblem):
        read_apart("a.txt", b"text", slow)
