"""Time limits in law and promise: working days with public holidays and make-up days, in Beijing time.

The day on which something is filed does not count (民法典第二百零一条); a limit in calendar days that ends on a day
without office hours ends on the next one that has them, at the close of business (第二百零三条).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from pathlib import Path

import chinese_calendar
import yaml

from actions.tickets.catalogue import TimeLimit

# China has had one time and no summer time since 1991, so a fixed offset needs no time zone files on the machine.
BEIJING = timezone(timedelta(hours=8), "Asia/Shanghai")
CALENDAR_FILE = Path(__file__).parent / "calendar.yml"
LONGEST_HOLIDAY = 31


@dataclass(frozen=True)
class DueTime:
    """When something is due. ``certain`` is False where the holidays of a year on the way are not announced yet."""

    at: datetime
    certain: bool


class LegalClock:
    """Computes due times.

    >>> clock = LegalClock()
    >>> clock.is_working_day(date(2025, 10, 1)), clock.is_working_day(date(2025, 9, 28))
    (False, True)
    """

    def __init__(self, calendar_file: Path = CALENDAR_FILE) -> None:
        data = yaml.safe_load(calendar_file.read_text(encoding="utf-8"))
        self._fixed_holidays = frozenset(data["fixed_holidays"])
        self._closes_at = time.fromisoformat(data["closes_at"])

    def knows(self, day: date) -> bool:
        """Whether the holidays of the day's year are known."""
        try:
            chinese_calendar.is_workday(day)
        except NotImplementedError:  # chinesecalendar's own word for a year that it does not know
            return False
        return True

    def is_working_day(self, day: date) -> bool:
        """Whether offices work on the day; beyond the known years weekdays do, but for holidays on a fixed date."""
        try:
            return bool(chinese_calendar.is_workday(day))
        except NotImplementedError:  # chinesecalendar's own word for a year that it does not know
            return day.weekday() < 5 and f"{day:%m-%d}" not in self._fixed_holidays

    def due(self, start: datetime, limit: TimeLimit) -> DueTime:
        """When ``limit``, running from ``start`` (aware), ends: the close of business of a working day."""
        first = start.astimezone(BEIJING).date()
        if limit.unit == "calendar":
            last = self._working_day_from(first + timedelta(days=limit.days))
        else:
            last = first
            for _ in range(limit.days):
                last = self._working_day_from(last + timedelta(days=1))
        return DueTime(datetime.combine(last, self._closes_at, BEIJING), self.knows(first) and self.knows(last))

    def _working_day_from(self, day: date) -> date:
        for offset in range(LONGEST_HOLIDAY):
            candidate = day + timedelta(days=offset)
            if self.is_working_day(candidate):
                return candidate
        raise ValueError(f"no working day within {LONGEST_HOLIDAY} days of {day}")


def chinese_date(moment: datetime) -> str:
    """The day in Beijing as people write it: 2026年11月23日."""
    day = moment.astimezone(BEIJING)
    return f"{day.year}年{day.month}月{day.day}日"
