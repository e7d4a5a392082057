"""No function that reads text takes more than linear time, whatever is written to it."""

import inspect
import random
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timezone

import pytest

from nlu.alignment import places_in
from nlu.entities.find import find_entities
from nlu.entities.moment import find_moments
from nlu.entities.money import find_money
from nlu.privacy import mask
from nlu.tokenizer import Tokenizer
from nlu.typos import correct
from tests.support.project_patterns import modules
from tests.support.slow_texts import TooSlow, at_most, cpu_seconds, grows_faster, slowness

NOW = datetime(2026, 11, 30, 9, tzinfo=timezone.utc)
SHORT, LONG = 500, 2000
# A text four times as long takes a linear function four times as long, and a quadratic one sixteen times.
NOTICED, GROWTH, LONGEST_SECONDS = 0.1, 9, 1.0
# Over and over, each of these was slow for somebody: a number, a name, an ending, a sign that is folded or left out.
PIECES = [
    "十", "1", "1十", "省", "镇", "路", "号", "镇1", "甲路1号", "朝阳区", "杭州市西湖区", "W12345678 ", "13800001234 ",
    "三块五", "昨天", "3月5日", "110105194912310021,", "我叫张三", "1-", "１", "（", "a@b.cn ", "浙A12345", "云东区市场监管局",
    "身份征", "社宝", "掉水里", "只有", "半路", "一栋", " ", "\n", "㎡", "😀", "！", "每天", "不", "希望", "护照", "1,111",
]  # fmt: skip


def _readers() -> Iterator[tuple[str, Callable[[str], object]]]:
    """Every public function of ours that needs nothing but a ``text``, and those that need a little more."""
    cutter = Tokenizer()
    cutter.terms("你好")  # the dictionary is read before anything is timed: some functions ask it for rare texts only
    for module in modules(("nlu", "knowledge_base", "actions")):
        for name, value in vars(module).items():
            if name.startswith("_") or not inspect.isfunction(value) or value.__module__ != module.__name__:
                continue
            needed = [one for one in inspect.signature(value).parameters.values() if one.default is one.empty]
            if [one.name for one in needed] == ["text"] and needed[0].annotation == "str":
                yield f"{module.__name__}.{name}", value
    yield "find_entities with moments", lambda text: find_entities(text, NOW)
    yield "find_moments", lambda text: find_moments(text, NOW)
    yield "places_in", lambda text: places_in(text, correct(text).text)
    yield "Tokenizer.terms", cutter.terms


def _texts(chooser: random.Random, size: int) -> list[str]:
    texts = [(piece * size)[: size - 1] + "号" for piece in PIECES]
    return [*texts, *("".join(chooser.choices(PIECES, k=size))[:size] for _ in range(3))]


@pytest.mark.slow
def test_no_function_is_slower_than_linear_on_any_text() -> None:
    slow = {}
    for name, read in _readers():
        _once(read, "你好")()  # dictionaries are read at the first call; an alarm would end that half-way
        short = _texts(random.Random(1), SHORT)
        for text, shorter in zip(_texts(random.Random(1), LONG), short, strict=True):
            seconds = cpu_seconds(_once(read, text), NOTICED)
            if seconds > NOTICED and (
                seconds > LONGEST_SECONDS * slowness()
                or grows_faster(_once(read, text), _once(read, shorter), GROWTH, NOTICED)
            ):
                slow[name, text[:20]] = seconds
    assert slow == {}


def _once(read: Callable[[str], object], text: str) -> Callable[[], object]:
    def once() -> None:
        try:
            read(text)
        except ValueError:  # what is no number, name or date may be refused, but soon
            return

    return once


class _SlowToDie:
    """Rubbish whose removal takes longer than any alarm; what is raised there is swallowed by Python."""

    def __del__(self) -> None:
        started = time.process_time()
        while time.process_time() < started + 0.05:
            pass


def test_an_alarm_that_comes_while_rubbish_is_collected_is_not_lost() -> None:
    with pytest.raises(TooSlow), at_most(0.01):
        _SlowToDie()


@pytest.mark.parametrize(
    "text", ["1" + "十" * 34, "省" * 2000, "镇" * 1999 + "号"], ids=["scales", "provinces", "towns"]
)
def test_a_message_of_one_character_over_and_over_is_read_at_once(text: str) -> None:
    with at_most(2.0):
        find_money(text)
        find_entities(text, NOW)
        mask(text)


@pytest.mark.slow
@pytest.mark.parametrize("piece", ["1", "镇", "省", "我住在青年路88号香樟苑6栋，电话13800001234。", "1234 "])
def test_masking_a_hundred_thousand_characters_takes_seconds(piece: str) -> None:
    text = (piece * 100_000)[:100_000]
    started = time.process_time()
    with at_most(12.0):
        mask(text)
    assert time.process_time() - started < 12.0
