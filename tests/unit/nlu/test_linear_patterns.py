"""No pattern of the project takes more than linear time: each is read, and tried on texts made to be hard for it."""

import random
import re
from collections.abc import Callable

import pytest

from tests.support.project_patterns import made, uses
from tests.support.slow_texts import cpu_seconds, grows_faster, hard_texts, read_twice, slowness

SIZES = (30, 60, 300, 2000)
LIMIT = 0.05
# Ten times the text takes a linear pattern ten times as long, and a quadratic one a hundred times.
LONGER, NOTICED, GROWTH = 10, 0.002, 30


def _read(pattern: re.Pattern[str], text: str) -> Callable[[], object]:
    return lambda: (sum(1 for _ in pattern.finditer(text)), pattern.fullmatch(text))


def slow_on(pattern: re.Pattern[str]) -> str:
    """A text on which the pattern is too slow, or slower than linear; empty where none was found."""
    taken: list[tuple[float, str]] = []
    for size in SIZES:
        taken = []
        for text in hard_texts(pattern, random.Random(size), size):
            seconds = cpu_seconds(_read(pattern, text), LIMIT, tries=3)
            if seconds > LIMIT and seconds > LIMIT * slowness():
                return text
            taken.append((seconds, text))
    for seconds, text in sorted(taken, reverse=True)[:3]:
        long_text = text[:-1] * LONGER + text[-1:]  # what ends the text stands at its end alone
        allowed = GROWTH * max(seconds, NOTICED)
        if cpu_seconds(_read(pattern, long_text), allowed, tries=3) > allowed and grows_faster(
            _read(pattern, long_text), _read(pattern, text), GROWTH, GROWTH * NOTICED
        ):
            return long_text
    return ""


@pytest.mark.slow
def test_no_pattern_of_the_project_is_slow_on_any_text() -> None:
    slow = {}
    for row in made():
        if text := slow_on(re.compile(row.pattern, row.flags)):
            slow[f"{row.file}:{row.line} {row.pattern[:60]}"] = text[:40]
    assert slow == {}


@pytest.mark.slow
def test_no_pattern_is_made_where_the_sweep_does_not_see_it() -> None:
    seen = {(row.file, row.line) for row in made()}
    hidden = [
        f"{file}:{line}"
        for file, line, last, name in uses()
        if name == "compile" and not any((file, one) in seen for one in range(line - 1, last + 3))
    ]
    # Rasa's plug-ins cannot be imported here; what they make is looked at by eye.
    assert [place for place in hidden if not place.startswith(("bot/dialogue/", "nlu/components/"))] == []


def test_patterns_have_names_and_stand_outside_of_functions() -> None:
    """What is compiled where it is used is not seen by the sweep: ``re.sub("…", …)``."""
    assert [place for place in uses() if place[3] not in ("compile", "escape", "Pattern", "Match", "error")] == []


@pytest.mark.parametrize(
    "bad",
    [
        r"(?:[十百千]+\d?)+(?![\d.])",  # a run of scales read in 2^n ways
        r"(?:想要|想|要)*$",  # two words that are a third one
        r"\d+年",  # read to its end from each of its digits
        r"(?:[^的]{1,10}?省){0,4}[^的]{1,10}?路",  # ten ends for each of five names
        r"^[吧了！ ]*(?:提交)?[吧！ ]*$",  # two repetitions of the same characters
    ],
)
def test_a_bad_pattern_is_found(bad: str) -> None:
    assert slow_on(re.compile(bad))


@pytest.mark.parametrize(
    "good", [r"\d{1,20}年", r"^(?:想|要)*$", r"(?:[十百千]\d?){1,16}(?![\d.])", r"^[吧！ ]*(?:提交[吧！ ]*)?$"]
)
def test_a_good_pattern_is_not(good: str) -> None:
    assert slow_on(re.compile(good)) == ""


def test_words_that_can_be_read_in_two_ways_are_found_by_what_is_ahead() -> None:
    assert read_twice(["ab", "c", "a", "bc"]) == "abc"
    assert read_twice(["ab", "b"]) == ""
