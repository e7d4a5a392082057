"""A correction that names only a part, put into what stood there: 3栋 into 解放路锦绣花园5栋2单元, 前天 into 昨天下午三点."""

from __future__ import annotations

import re
from dataclasses import dataclass

from actions.ticket_message import any_of, numbers, words
from actions.ticket_place_cues import HOUSE, ROOM
from actions.ticket_times import kinds_of_time

_LEVELS = numbers("levels")
_ROOM_LEVEL, _BESIDE_LEVEL = _LEVELS["室"], 99.0
_LANDMARK = re.compile(any_of("landmark"))
_BARE = re.compile(r"\d{2,4}[A-Za-z]?")
_NO_NAME = words("suffix", "landmark")
_SPACES = " \t\n，,、"
# What is meant stands behind the words of a time: 昨晚十点（2026-11-29 22时）.
_MEANT = re.compile(r"（(?P<day>\d{4}-\d{2}-\d{2})(?: (?P<hour>\d{2})时(?P<minutes>\d{2}分)?)?）$")
_EVENING, _MORNING = re.compile("[晚夜黑]"), re.compile("[早晨朝]")
# Hours before this one belong to the night before: 昨晚两点 is today.
_EARLIEST_SURE_HOUR = 6


@dataclass(frozen=True)
class _Part:
    """A part of an address; the level is the higher, the smaller the part."""

    start: int
    end: int
    level: float


@dataclass(frozen=True)
class _Time:
    """A time taken apart: its day, its part of the day and its clock; ``simple`` if there is nothing else in it."""

    day: str
    part: str
    clock: str
    simple: bool
    date: str
    hour: str


def merged_place(before: str, told: str, denied: str) -> str:
    """The place after a correction: a wholly new place takes the old one's place, numbers and landmarks go into it.

    >>> merged_place("解放路锦绣花园5栋", "3栋2单元", "5栋"), merged_place("解放路锦绣花园5栋", "人民路15号", "")
    ('解放路锦绣花园3栋2单元', '人民路15号')
    """
    name, parts = _parts(told)
    if not name:
        return _put_in(before, told, parts)
    if denied and denied in before and told not in before and told[-1] == denied[-1]:
        return before.replace(denied, told, 1)
    if parts and name in before:
        return _put_in(before, told, parts)
    return told


def _parts(place: str) -> tuple[str, list[_Part]]:
    """The name that a place begins with (empty: it has none of its own), and its numbers and landmarks."""
    if _BARE.fullmatch(place):
        return "", [_Part(0, len(place), _ROOM_LEVEL)]
    parts = [_Part(m.start(), m.end(), _LEVELS.get(m["unit"], _ROOM_LEVEL)) for m in HOUSE.finditer(place)]
    parts += [
        _Part(m.start(), m.end(), _ROOM_LEVEL) for m in ROOM.finditer(place) if _is_free(parts, m.start(), m.end())
    ]
    behind = max((part.end for part in parts), default=0)
    landmark = _LANDMARK.search(place, behind)
    if landmark:
        parts.append(_Part(landmark.start(), len(place), _BESIDE_LEVEL))
    parts.sort(key=lambda part: part.start)
    name = (place[: parts[0].start] if parts else place).rstrip(_SPACES)
    if name in _NO_NAME:
        return "", [_Part(0, len(place), _BESIDE_LEVEL)]
    return name, parts


def _is_free(parts: list[_Part], start: int, end: int) -> bool:
    return all(end <= part.start or start >= part.end for part in parts)


def _put_in(before: str, told: str, parts: list[_Part]) -> str:
    """The place with these parts: in the stead of those of the same level, or behind the larger ones."""
    for part in parts:
        text = told[part.start : part.end]
        old = _parts(before)[1]
        same = [other for other in old if other.level == part.level]
        larger = [other.end for other in old if other.level < part.level]
        smaller = [other.start for other in old if other.level > part.level]
        start = same[0].start if same else max(larger) if larger else min(smaller, default=len(before))
        before = before[:start] + text + before[same[0].end if same else start :]
    return before


def merged_time(before: str, told: str) -> str:
    """The time after a correction: a day, a part of the day or a clock goes into a time that has them all.

    >>> merged_time("昨天上午九点（2026-11-29 09时）", "前天（2026-11-28）")
    '前天上午九点（2026-11-28 09时）'
    """
    old, new = _apart(before), _apart(told)
    if not (old.simple and new.simple) or (new.day and new.clock):
        return told
    part = new.part or ("" if _part_of(new.day) else old.part)
    if new.day and not part and not _part_of(new.day):
        part = _part_of(old.day)
    same_part = not (new.part or _part_of(new.day)) or _part_word(new) == _part_word(old)
    clock = new.clock or (old.clock if same_part else "")
    if not new.day and new.part and _part_of(old.day):
        return told
    date = new.date if new.day else old.date
    hour = old.hour if clock and not new.clock and old.hour and int(old.hour[:2]) >= _EARLIEST_SURE_HOUR else ""
    if old.hour and not hour and not new.clock and clock:
        date = ""
    meaning = " ".join(filter(None, (date, hour))) if date else ""
    return (new.day or old.day) + part + clock + (f"（{meaning}）" if meaning else "")


def _apart(time: str) -> _Time:
    meant = _MEANT.search(time)
    said = time[: meant.start()] if meant else time
    found = kinds_of_time(said)
    texts = dict(found)
    simple = len(texts) == len(found) and texts.keys() <= {"day", "part", "clock"} and bool(found)
    hour = f"{meant['hour']}时{meant['minutes'] or ''}" if meant and meant["hour"] else ""
    date = meant["day"] if meant else ""
    return _Time(texts.get("day", ""), texts.get("part", ""), texts.get("clock", ""), simple, date, hour)


def _part_of(day: str) -> str:
    """The part of the day that a word for a day names: 晚上 for 昨晚."""
    return "晚上" if _EVENING.search(day) else "早上" if _MORNING.search(day) else ""


def _part_word(time: _Time) -> str:
    return _part_of(time.part) or time.part or _part_of(time.day)
