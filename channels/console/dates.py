"""Dates and times as Chinese readers write them, in the time of the city."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from actions.tickets.legal_clock import BEIJING
from bot.database import utcnow


def chinese_time(at: datetime, now: datetime | None = None) -> str:
    """``今天 15:30``, ``11月21日 15:30``, or with the year where it is another one.

    >>> from datetime import UTC
    >>> chinese_time(datetime(2025, 3, 1, 1, 5, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC))
    '2025年3月1日 09:05'
    """
    local, today = at.astimezone(BEIJING), (now or utcnow()).astimezone(BEIJING)
    clock = f"{local:%H:%M}"
    if local.date() == today.date():
        return f"今天 {clock}"
    day = f"{local.month}月{local.day}日 {clock}"
    return day if local.year == today.year else f"{local.year}年{day}"


def chinese_day(day: date | None) -> str:
    """``2026年3月1日``; empty for no day.

    >>> chinese_day(date(2026, 3, 1))
    '2026年3月1日'
    """
    return f"{day.year}年{day.month}月{day.day}日" if day else ""


def time_left(due: datetime, now: datetime | None = None) -> str:
    """How long until a deadline, or since: ``还剩 2 天``, ``已超期 3 小时``."""
    span = due - (now or utcnow())
    words, amount = ("还剩", span) if span >= timedelta(0) else ("已超期", -span)
    if amount >= timedelta(days=1):
        return f"{words} {amount.days} 天"
    hours = amount // timedelta(hours=1)
    return f"{words} {hours} 小时" if hours else f"{words}不到 1 小时"


def greeting(now: datetime | None = None) -> str:
    """The greeting that fits the hour."""
    hour = (now or utcnow()).astimezone(BEIJING).hour
    return next(
        words
        for until, words in [(6, "夜深了"), (11, "早上好"), (14, "中午好"), (18, "下午好"), (24, "晚上好")]
        if hour < until
    )
