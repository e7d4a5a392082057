"""Days as people name them, counted from today: 前天, 上周三, 这个月初, 去年底, 3月5日, 国庆前, 三天前, 最近两个月.

Every rule is a pattern and what it means. Ranges of days are half open: the first day, and the day after the last.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from nlu.entities.holidays import load_holidays
from nlu.entities.numerals import read_numeral

Days = tuple[date, date]
# 国庆前 and 国庆后 are the week beside it.
_BESIDE = timedelta(days=7)
# A date without a year that would lie further ahead than this was last year's; one without a month was last month's.
_YEAR_AHEAD, _MONTH_AHEAD = timedelta(days=183), timedelta(days=15)
_DAY_WORDS = {"大前": -3, "前": -2, "昨": -1, "今": 0, "当": 0, "明": 1, "后": 2, "大后": 3}
_TURNS = {"上上": -2, "上": -1, "这": 0, "本": 0, "当": 0, "下": 1, "下下": 2}
_YEARS = {"大前": -3, "前": -2, "去": -1, "上": -1, "今": 0, "本": 0, "当": 0, "明": 1, "后": 2}
_WEEKDAYS = {char: at for at, char in enumerate("一二三四五六日")} | {"天": 6, "末": 5}
# Thirds of a month, and ends of months and years as people mean them: first and after the last.
_PARTS_OF_MONTH = {"初": (1, 11), "上旬": (1, 11), "中旬": (11, 21), "下旬": (21, 32), "底": (21, 32), "末": (21, 32)}
_HALVES = {"上半年": (1, 7), "下半年": (7, 13)}
_SEASONS = {"春天": (3, 6), "夏天": (6, 9), "秋天": (9, 12)}
_PARTS_OF_YEAR = {"初": (1, 3), "底": (11, 13), "末": (11, 13), "年初": (1, 3), "年底": (11, 13), **_HALVES, **_SEASONS}
_NUMBER = r"(?:\d{1,3}|[一二两三四五六七八九十]{1,3})"
_YEAR = r"(?P<year>(?:19|20)\d\d年|\d\d年(?=\d{1,2}月)|[一二][〇零九][〇零一二三四五六七八九]{2}年|(?:大前|[前去今本当明后])年)"
_MONTHS_NUMBER, _SOLAR_DAY = r"(?P<month>1[0-2]|0?[1-9])", r"(?P<day>[12]\d|3[01]|0?[1-9])"
_MONTH = r"(?P<month>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])月份?"
_DATE = r"(?P<day>[12]\d|3[01]|0?[1-9]|三十一?|二?十[一二三四五六七八九]?|初?[一二三四五六七八九])"
# Behind these 15号 is a house, in front of them a line, a building …
_STREET = "路街道巷弄同里园区村苑城庄寓厦楼座栋幢第"
_THINGS = "线|楼|院|门|店|路|地块|文|公告|房|桌|窗|车|坑|井|站|机|厂|令|码|召|称|角|出口|馆|库|仓|棚|厅|桥|床|舱|柜"
_UNIT = r"(?P<unit>天|日|周|星期|礼拜|月|年)"
_SPAN = rf"(?P<count>半|{_NUMBER})个?(?P<half>半)?个?{_UNIT}(?P<more>半)?多?"
_DAYS_NUMBER = r"(?P<day>[12]\d|3[01]|0?[1-9]|三十一?|二?十[一二三四五六七八九]?|[一二三四五六七八九])"
_WEEK = "(?:周|星期|礼拜)"
_NUMERAL = r"\d一二三四五六七八九十百千万"


@dataclass(frozen=True)
class Rule:
    """A way to name days; ``days`` raises ``ValueError`` where what the words name does not exist (2月30日)."""

    pattern: re.Pattern[str]
    days: Callable[[Mapping[str, str], date], Days]


def days_at(text: str, start: int, today: date) -> tuple[int, Days | None] | None:
    """Where the words end that begin at ``start`` and name days, and which days.

    None where no words for days begin here; no days where the words name what does not exist (2月30日).
    """
    for rule in rules():
        if m := rule.pattern.match(text, start):
            try:
                return m.end(), rule.days({key: value or "" for key, value in m.groupdict().items()}, today)
            except (ValueError, OverflowError):
                return m.end(), None
    return None


@lru_cache(maxsize=1)
def rules() -> tuple[Rule, ...]:
    """All rules; of those that fit in one place the first is taken."""
    found = (
        (_holiday_pattern(), _holiday),
        (rf"(?<!\d)(?P<year>(?:19|20)\d\d)(?P<mark>[-/.]){_MONTHS_NUMBER}(?P=mark){_SOLAR_DAY}(?![\d.])", _date),
        (rf"(?<![{_NUMERAL}])(?:{_YEAR})?{_MONTH}{_DATE}(?:[日号]|(?![\d个]))", _date),
        (rf"(?<![{_NUMERAL}])(?:{_YEAR}的?)?{_MONTH}(?P<part>初|底|末|[上中下]旬)?", _month),
        (r"(?P<turn>上上|[上这本当下])?(?(turn)个?)月(?P<part>初|底|末|[上中下]旬)", _turned_month),
        (rf"(?P<turn>上上|[上这本当下])个?月的?{_DATE}[日号]", _turned_month_day),
        (r"(?P<turn>上上|下下|[上这本当下])个?月(?!球|亮)", _turned_month),
        (rf"(?<!\d){_YEAR}(?P<part>{'|'.join(_PARTS_OF_YEAR)})?", _year),
        (r"(?P<part>年初|年底|上半年|下半年)", _year),
        (
            rf"(?P<turn>上上|下下|[上这本下])?(?(turn)个?){_WEEK}(?P<weekday>[一二三四五六日天末])(?!期|年|岁|边|次|路|家|个月)",
            _weekday,
        ),
        (rf"(?P<turn>上上|下下|[上这本下])个?{_WEEK}(?!边|期|到|岁|年)", _week),
        (r"(?P<word>大前|前|昨|今|当|明|大后|后)[天日](?!子|气|台|期|然|线)", _day_word),
        (r"(?P<word>[前昨今当明])(?=[晚早晨夜])", _day_word),
        (rf"(?:最近|近|过去|前|这){_SPAN}(?:来|里|内|间)?", _last),
        (rf"{_SPAN}(?P<way>之前|以前|前(?![面来往天])|之后|以后|后(?![面来天]))", _ago),
        (rf"{_SPAN}(?:以来|来|了)", _last),
        (rf"(?<![{_STREET}{_NUMERAL}]){_DAYS_NUMBER}[日号](?!{_THINGS})", _day_of_month),
    )
    return tuple(Rule(re.compile(pattern), days) for pattern, days in found)


def _holiday_pattern() -> str:
    names = "|".join(map(re.escape, load_holidays()))
    # 五一路 and 国庆小区 are places, 十一五 a plan.
    place = f"路街村镇乡道巷桥广社小学中厂班区号楼日院{_NUMERAL}"
    span = "期间|假期|长假|放假|那天|当天"
    beside = "(?P<beside>[前后](?!天|面|门|台|来|院|街))"
    return rf"{_YEAR}?的?(?<![{_NUMERAL}])(?P<holiday>{names})(?:{span})?(?![{place}]){beside}?"


def _one(day: date) -> Days:
    return day, day + timedelta(days=1)


def _number(text: str) -> int:
    """A small number; raises ``ValueError`` where it is none."""
    value = read_numeral(text.removeprefix("初"))
    if value is None:
        raise ValueError(text)
    return int(value)


def _year_of(words: Mapping[str, str], today: date) -> int | None:
    said = words.get("year", "").removesuffix("年")
    if not said:
        return None
    if said in _YEARS:
        return today.year + _YEARS[said]
    year = _number(said)
    return year + 2000 if year < 100 else year


def _months_on(today: date, months: int) -> tuple[int, int]:
    years, month = divmod(today.month - 1 + months, 12)
    return today.year + years, month + 1


def _part_of_month(year: int, month: int, part: str) -> Days:
    first = date(year, month, 1)
    after = date(*_months_on(first, 1), 1)
    begin, end = _PARTS_OF_MONTH.get(part, (1, 32))
    return first + timedelta(days=begin - 1), min(first + timedelta(days=end - 1), after)


def _latest(dates: Callable[[int], date], today: date) -> int:
    """The year that is meant where none is said: this one, or the last where the day would lie far ahead."""
    return today.year - 1 if dates(today.year) - today > _YEAR_AHEAD else today.year


def _holiday(words: Mapping[str, str], today: date) -> Days:
    holiday = load_holidays()[words["holiday"]]
    year = _year_of(words, today) or _latest(holiday.day, today)
    first, after = holiday.span(year)
    if words["beside"] == "前":
        return first - _BESIDE, first
    return (after, after + _BESIDE) if words["beside"] else (first, after)


def _date(words: Mapping[str, str], today: date) -> Days:
    month, day = _number(words["month"]), _number(words["day"])
    year = _year_of(words, today) or _latest(lambda year: date(year, month, day), today)
    return _one(date(year, month, day))


def _month(words: Mapping[str, str], today: date) -> Days:
    month = _number(words["month"])
    year = _year_of(words, today) or _latest(lambda year: date(year, month, 1), today)
    return _part_of_month(year, month, words["part"])


def _turned_month(words: Mapping[str, str], today: date) -> Days:
    return _part_of_month(*_months_on(today, _TURNS[words["turn"] or "这"]), words.get("part", ""))


def _turned_month_day(words: Mapping[str, str], today: date) -> Days:
    return _one(date(*_months_on(today, _TURNS[words["turn"]]), _number(words["day"])))


def _year(words: Mapping[str, str], today: date) -> Days:
    year = _year_of(words, today) or today.year
    begin, end = _PARTS_OF_YEAR.get(words["part"], (1, 13))
    return date(year, begin, 1), date(year + end // 13, (end - 1) % 12 + 1, 1)


def _weekday(words: Mapping[str, str], today: date) -> Days:
    monday = today - timedelta(days=today.weekday()) + timedelta(weeks=_TURNS[words["turn"] or "这"])
    first = monday + timedelta(days=_WEEKDAYS[words["weekday"]])
    return first, first + timedelta(days=2 if words["weekday"] == "末" else 1)


def _week(words: Mapping[str, str], today: date) -> Days:
    monday = today - timedelta(days=today.weekday()) + timedelta(weeks=_TURNS[words["turn"]])
    return monday, monday + timedelta(weeks=1)


def _day_word(words: Mapping[str, str], today: date) -> Days:
    return _one(today + timedelta(days=_DAY_WORDS[words["word"]]))


def _day_of_month(words: Mapping[str, str], today: date) -> Days:
    day = _number(words["day"])
    for months in (0, -1):
        try:
            found = date(*_months_on(today, months), day)
        except ValueError:
            continue
        if found - today <= _MONTH_AHEAD:
            return _one(found)
    raise ValueError(words["day"])


def _moved(today: date, words: Mapping[str, str], sign: int) -> date:
    """Today moved by 三天, 半个月, 一年半 …; a month ends where the shorter one ends."""
    half = bool(words.get("half") or words.get("more"))
    count = 0 if words["count"] == "半" else _number(words["count"])
    half = half or words["count"] == "半"
    unit = words["unit"]
    if unit in "天日":
        return today + sign * timedelta(days=count)
    if unit in ("周", "星期", "礼拜"):
        return today + sign * timedelta(days=7 * count + 3 * half)
    months = 12 * count + 6 * half if unit == "年" else count
    year, month = _months_on(today, sign * months)
    last = (date(*_months_on(date(year, month, 1), 1), 1) - timedelta(days=1)).day
    moved = date(year, month, min(today.day, last))
    return moved + sign * timedelta(days=15) if half and unit == "月" else moved


def _ago(words: Mapping[str, str], today: date) -> Days:
    """三天前 is that day, 两周前 that week, 三个月前 that month, 两年前 that year; 半个月前 the day."""
    forward = words["way"].endswith("后")
    moved, unit = _moved(today, words, 1 if forward else -1), words["unit"]
    if unit in "天日" or words["count"] == "半" or words["half"] or words["more"]:
        return _one(moved)
    if unit == "月":
        return _part_of_month(moved.year, moved.month, "")
    if unit == "年":
        return date(moved.year, 1, 1), date(moved.year + 1, 1, 1)
    monday = moved - timedelta(days=moved.weekday())
    return monday, monday + timedelta(weeks=1)


def _last(words: Mapping[str, str], today: date) -> Days:
    """最近三天, 三天了: from that day to today."""
    return _moved(today, words, -1), today + timedelta(days=1)
