from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.console.dates import chinese_time, greeting, time_left

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)  # 16:00 in Beijing


@pytest.mark.parametrize(
    "at, words",
    [
        (NOW, "今天 16:00"),
        (NOW - timedelta(hours=16), "今天 00:00"),
        (NOW - timedelta(hours=17), "11月20日 23:00"),
        (datetime(2025, 12, 31, 16, 30, tzinfo=UTC), "1月1日 00:30"),
        (datetime(2025, 12, 31, 15, 30, tzinfo=UTC), "2025年12月31日 23:30"),
    ],
)
def test_times_are_those_of_the_city(at: datetime, words: str) -> None:
    assert chinese_time(at, NOW) == words


@pytest.mark.parametrize(
    "span, words",
    [
        (timedelta(days=2, hours=5), "还剩 2 天"),
        (timedelta(hours=3), "还剩 3 小时"),
        (timedelta(minutes=5), "还剩不到 1 小时"),
        (timedelta(0), "还剩不到 1 小时"),
        (-timedelta(minutes=5), "已超期不到 1 小时"),
        (-timedelta(days=4), "已超期 4 天"),
    ],
)
def test_deadlines_are_told_in_the_largest_unit(span: timedelta, words: str) -> None:
    assert time_left(NOW + span, NOW) == words


@given(st.timedeltas(min_value=timedelta(days=-400), max_value=timedelta(days=400)))
def test_overdue_is_said_exactly_when_it_is(span: timedelta) -> None:
    assert time_left(NOW + span, NOW).startswith("已超期") == (span < timedelta(0))


@given(st.integers(0, 23))
def test_every_hour_has_a_greeting(hour: int) -> None:
    assert greeting(datetime(2026, 1, 1, hour, tzinfo=UTC))
