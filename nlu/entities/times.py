"""Expressions of time as people use them when something happened: 昨天晚上, 上周三, 3月5日下午3点, 三天前, 每天夜里."""

from __future__ import annotations

import re

from nlu.entities.span import Span

_NUM = r"(?:\d{1,4}|[一二两三四五六七八九十几半]{1,3})"
_DAYPART = r"(?:凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|夜里|夜间|半夜|深夜|晚间|早|晚)"
_CLOCK = rf"(?:{_NUM}(?:点半?|时)(?:{_NUM}分?|[一三]刻)?|\d{{1,2}}[:：]\d{{2}})"
# Behind these 15号 is a house, not a day.
_STREET = "路街道巷弄同里园区村苑"
_DAY = (
    r"(?:大前天|前天|昨天|昨日|昨晚|昨夜|前晚|今天|今日|今早|今晨|今晚|刚才|刚刚|现在|目前|明天|后天|"
    r"(?:上|这|本|下)?(?:个)?(?:周|星期|礼拜)[一二三四五六日天末]|上个?月[初底]?|(?:这个?|本)月[初底]?|下个?月[初底]?|(?:去|今|前)年(?:年?[初底])?|"
    rf"(?:\d{{4}}年)?\d{{1,2}}月(?:\d{{1,2}}[日号]?|[初底])?|\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}|(?<![{_STREET}\d]){_NUM}[日号](?!线|楼|院|门|店|路)|"
    r"(?:国庆|春节|元旦|五一|中秋|端午|清明)(?!路|街|大道|广场|巷|桥|村|小区)节?(?:期间|[前后](?!面|天|门))?|周末)"
)
_UNIT = r"(?:分钟|小时|钟头|天|日|周|星期|礼拜|月|年)"
_SOME = rf"(?:好几个?|大半个?|{_NUM}(?:个多|个半|多?个?))"
_SINCE = r"(?:前|以前|之前|了|来|以来)"
# How long alone says since when if it is weeks or more and only about so many: 好几个月, but not 三个月 of wages.
_WEEKS = r"(?:周|星期|礼拜|月|年)"
_LONG = rf"(?:(?:好几个?|大半个?|{_NUM}(?:个多|多个?)){_WEEKS}|{_NUM}(?:年|个{_WEEKS})多(?![次人处家名起])){_SINCE}?"
_AGO = rf"(?:(?:最近|近)?(?:大概|差不多|快|已经|有)?(?:{_LONG}|{_SOME}{_UNIT}多?{_SINCE}))"
_HABIT = rf"(?:(?:每天|天天|每晚|每周|经常|最近|这几天|近期|一直|长期|这段时间)(?:{_DAYPART})?)"
_TIME = re.compile(
    rf"{_AGO}|{_DAY}(?:的)?(?:{_DAY})?(?:{_DAYPART})?(?:大概|大约|差不多)?(?:{_CLOCK})?(?:左右|前后|期间)?"
    rf"|{_HABIT}(?:{_CLOCK})?|{_DAYPART}{_CLOCK}(?:左右)?|{_CLOCK}(?:左右)?"
)


def find_times(text: str) -> list[Span]:
    """Every expression of time, in order; the value is the expression itself, without spaces."""
    return [
        Span(m.start(), m.end(), m.group(), "".join(m.group().split()), "time")
        for m in _TIME.finditer(text)
        if m.group()
    ]
