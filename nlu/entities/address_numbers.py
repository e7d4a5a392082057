"""Numbers in an address: what 12号, 3幢, 2单元, 501 or 12-3号 is, by its counting word and by what stands before it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from nlu.entities.address_parts import NUMERALS, words

# Runs are bounded: no house has a longer number, and a run is not read to its end from each of its digits.
_RUN = r"\d{1,30}"
_DIGITS = rf"(?:[附甲乙丙丁]?{_RUN}(?:[A-Za-z](?![A-Za-z0-9]))?|[A-Za-z]{{1,30}}\d{{0,30}})"
_JOINT = r"(?:[-－—–~～、/.,，至#]{1,10}|之)"
_RANGE = re.compile(rf"({_RUN})(?:[-－—–~～至]|之)({_RUN})(?![-\d])")
_CHAIN = re.compile(rf"({_RUN})(?:[-－—–]{_RUN}){{1,3}}(?![-\d])")
_EACH = re.compile(r"\d+")
_HOUSE_FOLLOWS = re.compile(rf"(?:{_RUN}|[{NUMERALS}]{{1,30}})(?:-{_RUN})?号(?!楼|院)")
_LETTER = re.compile(r"[A-Za-z]")
# A longer number without 号 is a room, a telephone or a code.
_LONGEST_BARE = 4
_SHORTEST_ROOM = 3
_WIDEST_RANGE = 20
_NEXT = {"building": "unit", "unit": "room", "floor": "room", "room": "room"}
# 6-302 and 5-2-301 behind an estate.
_CHAINS = {2: ("building", "room"), 3: ("building", "unit", "room"), 4: ("building", "unit", "floor", "room")}
_PLACES = frozenset({"", "prov", "city", "district", "quarter", "town", "community", "group"})


@dataclass(frozen=True)
class Before:
    """What has been read before a number: the kind of the last part, whether it is a place that is numbered itself
    (a village, not an estate), and whether a road number is there already.
    """

    last: str
    natural: bool
    numbered: bool


@lru_cache(maxsize=1)
def number_pattern() -> re.Pattern[str]:
    """Groups: digits, their counting word, Chinese numerals, theirs. Numerals need a counting word."""
    unit = words().unit
    return re.compile(
        rf"({_DIGITS}(?:{_JOINT}{_DIGITS}){{0,40}})((?:{unit})(?!团|(?<=社)区|(?<=房)[产东屋子价租]|(?<=门)[口卫前岗])|号(?!线)|弄)?"
        rf"|([{NUMERALS}]{{1,30}})({unit}|号)(?![路街团]|(?<=社)区)"
    )


def read_number(text: str, m: re.Match[str], before: Before) -> list[tuple[str, int]]:
    """Kinds and ends of the parts that a match of :func:`number_pattern` stands for; kind ``area`` is a quarter."""
    number, unit = m.group(1) or m.group(3), m.group(2) or m.group(4) or ""
    if unit in words().units:
        return [(words().units[unit], m.end())]
    kind = _kind(text, number, unit, m.end(), before)
    double = _RANGE.match(text, m.start())
    if double and kind == "roadno" and not _is_range(*double.groups()):
        # 12-3号 is the third house of number 12, and 120-126号 one house with several numbers.
        return [("roadno", double.end(1))]
    chain = _CHAIN.fullmatch(number)
    if chain and not unit and kind == "building":
        ends = [m.start() + found.end() for found in _EACH.finditer(number)]
        return list(zip(_CHAINS[len(ends)], ends, strict=True))
    return [(kind, m.end())]


def _kind(text: str, number: str, unit: str, end: int, before: Before) -> str:
    """What a number is that has 号, 弄 or nothing behind it."""
    if unit == "弄" and before.last == "road" and _HOUSE_FOLLOWS.match(text, end):
        return "sub_road"
    short = len(number) <= _LONGEST_BARE
    if before.last in ("road", "sub_road") and (unit or short or not number.isdigit()):
        return "roadno" if before.last == "road" else "sub_roadno"
    place = before.last in _PLACES or (before.last == "poi" and before.natural)
    plain = unit in ("号", "弄") or ("-" not in number and short)
    if place and plain and not before.numbered and not _LETTER.match(number):
        return "roadno"
    if before.last == "building" and len(number) >= _SHORTEST_ROOM:
        return "room"
    return _NEXT.get(before.last, "building")


def _is_range(first: str, last: str) -> bool:
    """Whether two numbers are the first and the last of several houses: 120-126."""
    return 0 < int(last) - int(first) <= _WIDEST_RANGE
