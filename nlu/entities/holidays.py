"""When holidays are: solar, lunar and by solar term (borax), with the days off of each year (chinesecalendar)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import chinese_calendar
from borax.calendars.lunardate import LunarDate, TermUtils

from nlu.vocabulary import LEXICON_DIR, read_yaml

# Borax's tables; LunarDate raises beyond them.
FIRST_YEAR, LAST_YEAR = 1901, 2099
# The days off of one holiday lie this near to its day.
_NEAR = timedelta(days=12)


@dataclass(frozen=True)
class Holiday:
    """One entry of ``lexicon/holidays.yml``; see there."""

    names: tuple[str, ...]
    solar: tuple[int, int] | None = None
    lunar: tuple[int, int] | None = None
    lunar_year: int = 0
    term: str = ""
    shift: int = 0
    before: int = 0
    days: int = 1
    official: str = ""

    def day(self, year: int) -> date:
        """The day itself in a solar year; raises ``ValueError`` for years beyond the lunar tables."""
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise ValueError(f"no calendar for {year}")
        if self.solar:
            return date(year, *self.solar)
        if self.lunar:
            found = LunarDate(year + self.lunar_year, *self.lunar).to_solar_date()
        else:
            found = TermUtils.nth_term_day(year, term_name=self.term)
        return date(found.year, found.month, found.day) + timedelta(days=self.shift)

    def span(self, year: int) -> tuple[date, date]:
        """First day off and the day after the last one; raises ``ValueError`` as :meth:`day` does."""
        day = self.day(year)
        off = [when for when in _days_off(self.official) if abs(when - day) <= _NEAR]
        if off:
            return min(off), max(off) + timedelta(days=1)
        first = day - timedelta(days=self.before)
        return first, first + timedelta(days=self.days)


@lru_cache(maxsize=1)
def load_holidays() -> dict[str, Holiday]:
    """Every holiday by each of its names, longer names first."""
    entries: list[dict[str, Any]] = read_yaml(LEXICON_DIR / "holidays.yml")
    holidays = [Holiday(**{key: _frozen(value) for key, value in entry.items()}) for entry in entries]
    named = {name: holiday for holiday in holidays for name in holiday.names}
    return dict(sorted(named.items(), key=lambda item: -len(item[0])))


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


@lru_cache(maxsize=32)
def _days_off(official: str) -> tuple[date, ...]:
    if not official:
        return ()
    return tuple(day for day, name in chinese_calendar.constants.holidays.items() if name == official)
