from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.tickets.catalogue import TimeLimit
from actions.tickets.legal_clock import BEIJING, LegalClock, chinese_date

CLOCK = LegalClock()
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2028, 12, 1)).map(lambda moment: moment.replace(tzinfo=UTC))
LIMITS = st.builds(
    lambda days, unit: TimeLimit(days=days, unit=unit, source="测试用的时限", city_confirms=False),
    st.integers(1, 90),
    st.sampled_from(["working", "calendar"]),
)


def working(days: int) -> TimeLimit:
    return TimeLimit(days=days, unit="working", source="测试用的时限", city_confirms=False)


def calendar(days: int) -> TimeLimit:
    return TimeLimit(days=days, unit="calendar", source="测试用的时限", city_confirms=False)


@pytest.mark.parametrize(
    ("start", "limit", "due"),
    [
        # National Day and Mid-Autumn 2025: 1 to 8 October off, Sunday 28 September and Saturday 11 October worked
        ("2025-09-30 10:00", working(1), "2025-10-09"),
        ("2025-09-30 10:00", working(3), "2025-10-11"),
        ("2025-09-26 10:00", working(1), "2025-09-28"),
        ("2025-09-20 10:00", calendar(15), "2025-10-09"),
        # Spring Festival 2026: 15 to 23 February off, Saturdays 14 and 28 February worked
        ("2026-02-13 16:00", working(1), "2026-02-14"),
        ("2026-02-14 16:00", working(1), "2026-02-24"),
        ("2026-02-24 09:00", working(4), "2026-02-28"),
        ("2026-01-20 09:00", calendar(30), "2026-02-24"),
        # A plain week, and a night that is already the next day in Beijing
        ("2026-11-20 09:00", working(1), "2026-11-23"),
        ("2026-11-21 23:59", working(5), "2026-11-27"),
    ],
)
def test_known_dates(start: str, limit: TimeLimit, due: str) -> None:
    moment = datetime.fromisoformat(start).replace(tzinfo=BEIJING)
    assert CLOCK.due(moment, limit).at == datetime.fromisoformat(f"{due} 17:00").replace(tzinfo=BEIJING)


def test_the_day_is_the_day_in_beijing() -> None:
    assert CLOCK.due(datetime(2026, 11, 16, 16, 30, tzinfo=UTC), working(1)).at.date() == date(2026, 11, 18)


@given(MOMENTS, LIMITS)
def test_due_is_a_working_day_after_the_start(start: datetime, limit: TimeLimit) -> None:
    due = CLOCK.due(start, limit).at
    assert due > start
    assert CLOCK.is_working_day(due.date())


@given(MOMENTS, LIMITS)
def test_a_longer_limit_is_never_due_earlier(start: datetime, limit: TimeLimit) -> None:
    longer = limit.model_copy(update={"days": limit.days + 1})
    assert CLOCK.due(start, limit).at <= CLOCK.due(start, longer).at


@given(MOMENTS, MOMENTS, LIMITS)
def test_a_later_start_is_never_due_earlier(one: datetime, other: datetime, limit: TimeLimit) -> None:
    first, second = sorted((one, other))
    assert CLOCK.due(first, limit).at <= CLOCK.due(second, limit).at


@given(MOMENTS, LIMITS)
def test_working_days_are_counted_one_by_one(start: datetime, limit: TimeLimit) -> None:
    if limit.unit != "working":
        return
    first, last = start.astimezone(BEIJING).date(), CLOCK.due(start, limit).at.date()
    between = (first + timedelta(days=offset) for offset in range(1, (last - first).days + 1))
    assert sum(CLOCK.is_working_day(day) for day in between) == limit.days


def test_beyond_the_known_years_weekdays_count_and_it_says_so() -> None:
    start = datetime(2031, 2, 7, 9, tzinfo=BEIJING)
    due = CLOCK.due(start, working(1))
    assert (due.at.date(), due.certain) == (date(2031, 2, 10), False)
    assert CLOCK.due(datetime(2026, 6, 1, 9, tzinfo=BEIJING), working(1)).certain


def test_holidays_on_a_fixed_date_are_known_in_every_year() -> None:
    assert not any(CLOCK.is_working_day(date(2031, month, day)) for month, day in ((1, 1), (5, 1), (10, 1), (10, 2)))


def test_dates_are_written_as_people_write_them() -> None:
    assert chinese_date(datetime(2026, 11, 22, 18, tzinfo=UTC)) == "2026年11月23日"
