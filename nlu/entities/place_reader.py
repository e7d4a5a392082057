"""Reads names of places from left to right: areas from large to small, a site or a road, numbers, and what lies near.

As one regular expression this took half a minute for 2,000 times 省: each name may end at ten places, and five names follow
each other. Here what has been read from a place in the text is kept, so that no place is read twice in the same way.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

# A name is Chinese characters, letters or digits that are not words of an ordinary sentence. No place has 去 or 到 in its
# name: what stands before them was done on the way (交材料去, 走到).
_STOP = re.compile(
    "[的了在去到我你他她它们有没是不就都也很被把给让和跟与及那这哪什么怎还又已经,，。.!！?？;；:：、（）()\\s]"
)
_LONGEST_NAME = 10
_MOST_AREAS = 4
_AREAS = "省|自治区|市|自治州|地区|盟|区|县|旗|镇|乡|街道|村|社区|开发区|新区"
# A road's name, and not a thing beside one: 路灯, 路面, 街道办, 道闸.
_ROADS = "(?:大道|大街|公路|高速|路|街|巷|弄|胡同|里弄|道|桥|隧道|立交)(?!灯|面|牌|况|障|沿|基|桩|政|闸|霸|洞|墩|道办)"
_SITES = (
    "小区|花园|家园|公寓|大厦|广场|市场|商场|超市|学校|小学|中学|大学|幼儿园|医院|公园|车站|地铁站|公交站|"
    "火车站|机场|工地|工业园|产业园|写字楼|酒店|饭店|菜市场|农贸市场|停车场|加油站|河|湖|水库|苑|城|府|庭|湾|新村|小镇"
)
# Areas that are places by themselves.
_SETTLEMENTS = "镇|乡|街道|村|社区"
_ANY_END = re.compile(f"{_SITES}|{_ROADS}|{_SETTLEMENTS}")
# Looked for at every place, so that those within others are found too: 区 in 开发区.
_AREA, _SITE, _ROAD, _SETTLEMENT = (re.compile(f"(?=({ends}))") for ends in (_AREAS, _SITES, _ROADS, _SETTLEMENTS))
_NUMBERS = re.compile(
    r"(?:(?:\d{1,20}|[一二三四五六七八九十]{1,20}|[A-Za-z]\d{0,20})"
    r"(?:号院|号楼|号|栋|幢|单元|座|室|期|组|队|弄|层|楼)){1,20}"
)
_NEAR = re.compile(
    "交叉口|交叉路口|路口|十字路口|丁字路口|口|门口|大门口|东门|西门|南门|北门|对面|附近|旁边|旁|楼下|"
    "地下车库|入口|出口|东侧|西侧|南侧|北侧"
)
_AND = "与和跟、到"


def read_places(text: str) -> list[tuple[int, int]]:
    """Where places begin and end, in order and not overlapping."""
    return list(_Reader(text).places()) if _ANY_END.search(text) else []


class _Reader:
    """Reads one text. A place is up to four names of areas, then the name of a site, a road or a settlement."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._areas, self._sites = _ends(_AREA, text), _ends(_SITE, text)
        self._roads, self._settlements = _ends(_ROAD, text), _ends(_SETTLEMENT, text)
        # Where the name that begins at a place must end at the latest.
        self._stops = _stops(text)
        self._known: dict[tuple[int, int], int] = {}

    def places(self) -> Iterator[tuple[int, int]]:
        """Where places begin and end, in order and not overlapping."""
        at = 0
        while at < len(self._text):
            end = self._place(at, _MOST_AREAS)
            if end:
                yield at, end
            at = end or at + 1

    def _place(self, at: int, areas: int) -> int:
        """Where the place ends that begins here, with at most so many areas, the more the better; 0 where none begins."""
        known = self._known.get((at, areas))
        if known is None:
            known = self._known[at, areas] = self._behind_areas(at, areas) or self._core(at)
        return known

    def _behind_areas(self, at: int, areas: int) -> int:
        if not areas:
            return 0
        for name in self._name_ends(at) if self._areas else ():
            if name in self._areas and (found := self._place(self._areas[name], areas - 1)):
                return found
        return 0

    def _core(self, at: int) -> int:
        """Where a place without areas ends, with all that belongs to it."""
        end = self._named(at, self._sites) or self._crossing(at) or self._named(at, self._settlements)
        if not end:
            return 0
        end = self._numbers(end)
        site = self._named(end, self._sites)
        end = self._numbers(site) if site else end
        near = _NEAR.match(self._text, end)
        return near.end() if near else end

    def _crossing(self, at: int) -> int:
        """A road, and the road that it crosses."""
        end = self._named(at, self._roads)
        joined = end and end < len(self._text) and self._text[end] in _AND
        return (joined and self._named(end + 1, self._roads)) or end

    def _named(self, at: int, ends: dict[int, int]) -> int:
        """Where the shortest name ends that begins here and has one of the endings; 0 where there is none."""
        for name in self._name_ends(at) if ends else ():
            if name in ends:
                return ends[name]
        return 0

    def _numbers(self, at: int) -> int:
        m = _NUMBERS.match(self._text, at)
        return m.end() if m else at

    def _name_ends(self, at: int) -> range:
        """Where a name that begins here may end: behind one to ten characters."""
        return range(at + 1, min(self._stops[at], at + _LONGEST_NAME) + 1)


def _ends(endings: re.Pattern[str], text: str) -> dict[int, int]:
    """Where the ending stops that begins at a place; none of a list is the beginning of another."""
    return {m.start(): m.end(1) for m in endings.finditer(text)}


def _stops(text: str) -> list[int]:
    """For each place in the text, and for its end, where the next character stands that no name has."""
    stops: list[int] = []
    for m in _STOP.finditer(text):
        stops += [m.start()] * (m.end() - len(stops))
    return stops + [len(text)] * (len(text) + 1 - len(stops))
