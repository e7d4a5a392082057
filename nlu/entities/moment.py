"""When something happened or is to happen: words like 上周三晚上 or 昨晚十点半 as a stretch of time, counted from now."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from nlu.entities.day_expressions import Days, days_at
from nlu.entities.holidays import load_holidays
from nlu.entities.numerals import read_numeral

# Parts of the day in hours from its midnight; the hours of a night go on into the next day.
_MORNING, _EVENING, _NIGHT = (5, 10), (18, 24), (22, 30)
_PARTS = {"凌晨": (0, 6), "清晨": (5, 8), "上午": (6, 12), "中午": (11, 14), "下午": (12, 18), "傍晚": (17, 19)}
_PARTS |= dict.fromkeys(("早晨", "早上", "一早", "早", "晨"), _MORNING)
_PARTS |= dict.fromkeys(("晚上", "晚间", "晚"), _EVENING) | dict.fromkeys(
    ("夜里", "夜间", "半夜", "深夜", "夜"), _NIGHT
)
# An hour said with a part may lie a little outside it: 晚上5点; 昨晚两点 is today at 2.
_EARLIER, _UNTIL = 1, 29
_PART = re.compile(rf"[的 ]?(?P<part>{'|'.join(_PARTS)})")
_HOUR = r"(?P<hour>2[0-4]|[01]?\d|二?十[一二三四]?|[零一二两三四五六七八九])"
_MINUTE = r"(?P<minute>[0-5]?\d|[一二三四五]?十?[一二三四五六七八九]?)"
_DIGITAL = r"(?<!\d)(?P<hours>2[0-4]|[01]?\d)[:：](?P<minutes>[0-5]\d)(?:[:：][0-5]\d)?(?!\d)"
_REST = rf"(?:(?P<half>半)|(?P<quarter>[一三])刻|{_MINUTE}分?(?!钟|之|公里|米|个))?"
_SAID = rf"(?<![\d.]){_HOUR}(?:点钟?|时(?![候间长常段])){_REST}"
_CLOCK = re.compile(rf" ?(?:大概|大约|差不多|将近|快)?(?:{_DIGITAL}|{_SAID})")
# 一点 and 几点 alone are no clock: 快一点, 有一点吵.
_SURE = re.compile(r"[:：半刻分钟时]|十|\d|[二两三四五六七八九]点")
_COUNT = r"(?P<count>半|\d{1,3}|[一二两三四五六七八九十]{1,3})个?(?P<half>半)?"
_FROM_NOW = re.compile(rf"{_COUNT}(?P<unit>分钟|小时|钟头)多?(?P<way>之前|以前|前|了|来|之后|以后|后)")
_JUST_NOW = re.compile(r"刚刚|刚才|方才|现在|目前|此刻")
_TO = re.compile(r"(?:到|至|[-~～—－]{1,2})")
_UNTIL_NOW = re.compile(r"(?:以来|至今|到现在|到今天|起到?(?!火|重|码|诉)|开始)")
# What happens again and again is not one stretch of time.
_AGAIN = re.compile(r"(?:每个?|每到|每逢|逢|天天|一到|凡是|经常|老是|总是|每[天日晚周月年])$")
_AGAIN_REACH = 3
_RECENT = timedelta(hours=1)
_WEEK_AND_A_HOLIDAY = timedelta(days=9)
_FIRST_CHARACTERS = "大前昨今当明后上这本下周星礼月年去最近过一二两三四五六七八九十半凌清早晨中傍晚夜深刚方现目此差将快"


@dataclass(frozen=True)
class TimeRange:
    """From ``start`` until ``end``, which does not belong to it; both are the same where a clock was named. ``text`` says it."""

    start: datetime
    end: datetime
    text: str


def resolve_time(text: str, now: datetime) -> TimeRange | None:
    """The first stretch of time that a text names; None where it names none, or none that can be told (好几天, 经常).

    Without a year, a month or a week the one around ``now`` is meant; a date that would lie half a year ahead was last
    year's. Hours without 下午 or 晚上 are taken by the 24-hour clock. ``now`` gives the time zone.
    """
    found = find_moments(text, now)
    return found[0][1] if found else None


def find_moments(text: str, now: datetime) -> list[tuple[int, TimeRange]]:
    """Every stretch of time that a text names, and where its words begin; see :func:`resolve_time`."""
    found, at = [], 0
    while m := _begin().search(text, at):
        start = m.start()
        end, stretch = _expression(text, start, now)
        if stretch and not _AGAIN.search(text[max(0, start - _AGAIN_REACH) : start]):
            found.append((start, TimeRange(*stretch, text[start:end])))
        at = max(end, start + 1)
    return found


_Stretch = tuple[datetime, datetime]


@lru_cache(maxsize=1)
def _begin() -> re.Pattern[str]:
    """The characters with which any expression begins: the rules are tried nowhere else."""
    characters = sorted({*_FIRST_CHARACTERS, *(name[0] for name in load_holidays())})
    return re.compile(rf"[\d{''.join(characters)}]")


def _expression(text: str, start: int, now: datetime) -> tuple[int, _Stretch | None]:
    """One expression with what it may lead on to (3月5日到8日, 国庆以来): its end, and what it means if it means anything."""
    try:
        end, stretch = _simple(text, start, now)
        if stretch is None:
            return end, None
        first, last = stretch
        if (m := _UNTIL_NOW.match(text, end)) and first <= now:
            return m.end(), (first, now)
        if m := _TO.match(text, end):
            other_end, other = _simple(text, m.end(), now, first)
            if other and other[1] >= last:
                return other_end, (first, other[1])
    except (ValueError, OverflowError):  # beyond the calendar
        return start, None
    return end, stretch


def _simple(text: str, start: int, now: datetime, begun: datetime | None = None) -> tuple[int, _Stretch | None]:
    """One expression: days, a part of the day, a clock, in this order and each if it is there."""
    if found := _from_now(text, start, now):
        return found
    named = days_at(text, start, now.date())
    if named and named[1] is None:
        return named[0], None
    end, days = named if named else (start, None)
    part = _part_at(text, end, days)
    name = part.group("part") if part else ""
    end = part.end() if part else end
    clock = _CLOCK.match(text, end)
    if clock and _belongs(clock, days, part):
        moment = _moment(days[0] if days else (begun or now).date(), name, clock, now)
        if moment is not None:
            return _with_about(text, clock.end()), (moment, moment)
    if days is None and not part:
        return start, None
    return end, _part_of_days(days or (now.date(), now.date() + timedelta(days=1)), name, now)


def _part_at(text: str, at: int, days: Days | None) -> re.Match[str] | None:
    """A part of the day behind days (上周的晚上 too), or alone; months and years have none."""
    part = _PART.match(text, at)
    if part is None or (days is None and part.group()[0] in "的 "):
        return None
    return part if days is None or days[1] - days[0] <= _WEEK_AND_A_HOLIDAY else None


def _belongs(clock: re.Match[str], days: Days | None, part: re.Match[str] | None) -> bool:
    if days is not None:
        return days[1] - days[0] == timedelta(days=1)
    return part is not None or _SURE.search(clock.group()) is not None


def _midnight(day: date, now: datetime) -> datetime:
    return datetime.combine(day, time(), now.tzinfo)


def _part_of_days(days: Days, part: str, now: datetime) -> tuple[datetime, datetime]:
    first, last = _midnight(days[0], now), _midnight(days[1], now)
    if not part:
        return first, last
    begin, end = _PARTS[part]
    return first + timedelta(hours=begin), last - timedelta(days=1) + timedelta(hours=end)


def _moment(day: date, part: str, clock: re.Match[str], now: datetime) -> datetime | None:
    hour = read_numeral(clock.group("hours") or clock.group("hour") or "")
    if hour is None or hour > 24:
        return None
    at = int(hour)
    if part:
        begin, end = _PARTS[part]
        window = range(begin - _EARLIER, _UNTIL + 1 if end >= 24 else end + 1)
        fitting = [turn for turn in (at, at + 12, at + 24) if turn in window and (turn == at or at <= 12)]
        at = fitting[0] if fitting else at
    return _midnight(day, now) + timedelta(hours=at, minutes=_minutes(clock))


def _minutes(clock: re.Match[str]) -> int:
    if clock.group("half"):
        return 30
    if clock.group("quarter"):
        return 15 if clock.group("quarter") == "一" else 45
    said = clock.group("minutes") or clock.group("minute")
    value = read_numeral(said) if said else None
    return int(value) if value is not None and value < 60 else 0


def _with_about(text: str, end: int) -> int:
    """Where a clock ends with the word behind it that makes it rough; it stays the same moment."""
    return next((end + len(word) for word in ("左右", "前后", "多", "许") if text.startswith(word, end)), end)


def _from_now(text: str, start: int, now: datetime) -> tuple[int, _Stretch] | None:
    """刚才, 半小时前, 两个小时了: what is counted in less than days."""
    if m := _JUST_NOW.match(text, start):
        return m.end(), (now - (_RECENT if m.group()[0] in "刚方" else timedelta()), now)
    m = _FROM_NOW.match(text, start)
    if m is None:
        return None
    count = 0.5 if m.group("count") == "半" else float(read_numeral(m.group("count")) or 0)
    minutes = (count + 0.5 * bool(m.group("half"))) * (1 if m.group("unit") == "分钟" else 60)
    span = timedelta(minutes=minutes)
    if m.group("way").endswith("后"):
        return m.end(), (now + span, now + span)
    return m.end(), (now - span, now if m.group("way") in "了来" else now - span)
