"""Signs that words are a place: the ending of a name, a word for what lies beside it, a house number; each has a weight."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from actions.ticket_message import any_of, numbers, words

Place = tuple[int, int]
SUFFIXES, LANDMARKS = words("suffix"), words("landmark")
SCORES = numbers("scores")
_WEAK, _NO_PLACE = words("weak"), words("no_place")
_LONGEST_ENDING = max(map(len, SUFFIXES | LANDMARKS))
NUMERAL = "[零〇一二三四五六七八九十百两]"
_COUNT = rf"(?:[A-Za-z]?\d{{1,4}}[A-Za-z]?(?:[-—~～至到、]\d{{1,4}}){{0,3}}|[A-Za-z]|{NUMERAL}{{1,5}}|[甲乙丙丁](?=[座栋幢楼]))"
HOUSE = re.compile(
    rf"(?<!第)[附负甲乙丙丁]?(?P<count>{_COUNT})(?P<unit>{any_of('house_units')})(?![线码机钟头多]|\d?[厅卫])"
)
_SURE_UNITS = frozenset({"栋", "幢", "单元", "号楼", "号院", "室", "座"})
_LETTER = re.compile("[A-Za-z]")
# A room behind its building: 9栋1204, 金都大厦1806, 二单元三零二.
ROOM = re.compile(
    r"(?<=[住栋幢座楼元厦城店场院路巷街里村组号寓苑园])\d{2,4}(?!\d|[年月日天元块个米号栋幢座楼路点时:：人岁%])"
    rf"|(?<=[栋幢座元])[零〇一二三四五六七八九幺]{{3,4}}(?!{NUMERAL}|[幺楼层栋元块号])"
)
_ORDINAL = re.compile(rf"(?:第{_COUNT}|那|这|头一?){any_of('ordinals')}")
_AWAY = re.compile(
    rf"(?:大概|大约|约)?(?:\d{{1,4}}|{NUMERAL}{{1,4}})(?:来|多)?(?:米|公里|里路|步)(?:处|左右|远|的?地方)?"
)
# Where something lies beside what was named, as any such word is made: 东北侧, 右手边, 往里走.
_RELATIVE = re.compile(
    "(?:[东西南北前后左右里外正斜]{1,2}手?(?:边|面|侧|角|首|端|隔壁)|[往朝靠向][东西南北前后左右里外](?:走|边|面|拐|转|数|头)?)儿?"
)
# Words that stay whole, whatever the dictionary sees in them: 小卖店 is no 卖.
_SOLID = re.compile("|".join(sorted((word for word in SUFFIXES if len(word) > 2), key=len, reverse=True)))
# 17路 alone is a bus.
BUS = re.compile(r"(?:\d{1,4}|[一二三四五六七八九十]{1,3})路(?:车|公交)?")


@dataclass(frozen=True)
class Cue:
    """A sign that something is a place: where it begins and ends, and its weight."""

    start: int
    end: int
    weight: float


def solid(text: str) -> list[Place]:
    """Stretches within which no word rules a place out."""
    return [m.span() for pattern in (_SOLID, HOUSE, _ORDINAL, _RELATIVE) for m in pattern.finditer(text)]


def cues(text: str, start: int, end: int, pieces: list[Place], known: list[Place]) -> list[Cue]:
    """Every sign of a place in a stretch that has these words, by where it ends; ``known`` is what finders have found."""
    return sorted(_cues(text, start, end, pieces, known), key=lambda cue: cue.end)


def _cues(text: str, start: int, end: int, pieces: list[Place], known: list[Place]) -> Iterator[Cue]:
    for at, stop in known:
        if start <= at and stop <= end:
            yield Cue(at, stop, SCORES["known"])
    for m in HOUSE.finditer(text, start, end):
        sure = m["unit"] in _SURE_UNITS or bool(_LETTER.fullmatch(m["count"]))
        yield Cue(m.start(), m.end(), SCORES["house" if sure else "house_weak"])
    for pattern in (ROOM, _ORDINAL, _AWAY, _RELATIVE):
        yield from (Cue(m.start(), m.end(), SCORES["house_weak"]) for m in pattern.finditer(text, start, end))
    for at, stop in pieces:
        if at >= start and (cue := _ending(text, start, at, stop)):
            yield cue


def _ending(text: str, start: int, at: int, end: int) -> Cue | None:
    """The longest ending of a place that stops with this word."""
    last = text[at:end]
    if last in _NO_PLACE and (at == start or last not in LANDMARKS):
        return None
    if BUS.fullmatch(text, max(start, end - _LONGEST_ENDING), end):
        return None
    # 门口儿 is 门口.
    stop = end - (end - at > 1 and text[end - 1] == "儿")
    for length in range(min(_LONGEST_ENDING, stop - start), 0, -1):
        word = text[stop - length : stop]
        if word in LANDMARKS:
            return Cue(stop - length, end, SCORES["landmark"])
        if word in SUFFIXES:
            if any(text[stop - more : stop] in _NO_PLACE for more in range(2, 5) if stop - more >= start):
                return None
            kind = "weak" if word in _WEAK else "named"
            bare = {"weak": "weak_bare", "named": "bare"}
            return Cue(stop - length, end, SCORES[kind if stop - length > start else bare[kind]])
    return None
