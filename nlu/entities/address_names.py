"""Names in an address: where one ends and of what kind it is, by its ending and by what follows."""

from __future__ import annotations

import re
from dataclasses import dataclass

from nlu.entities.address_numbers import number_pattern
from nlu.entities.address_parts import NUMERALS, Part, words

_STOP = re.compile(r"[\s_,，、.。;；:：!！?？()（）\[\]【】<>《》*#·|/\\+~&“”\"'-]|[0-9A-Za-z]")
_NUMERAL = re.compile(f"[{NUMERALS}]")
_STARTS_ROAD = re.compile(r"[东西南北中前后]?(?:路|街(?!道)|大街|大道|巷|公路)")
_STARTS_TOWN = re.compile(r"街道|镇|乡(?![下村])")
_ROAD_WITH_NUMBER = re.compile(r"[\u4e00-\u9fff]{1,4}?\d{1,2}[东西南北中]?(?:路|街|大街|大道)(?![道区])")
_ROAD_NAME = re.compile(
    rf"(.{{1,40}}?)(?:[东西南北中前后上下]?(?<![{NUMERALS}])[{NUMERALS}]?(?:路|街|大道|大街|巷|公路))"
)
# Hills and waters, of which roads have longer names: 紫金山路, 嘉陵江路.
_LONG_CORE = "山江湖河海桥园场城洲宫"
_LONGEST_TOWN, _LONGEST_NAME = 5, 40
# 迎宾大道辅路 and 建设路三段 are one name.
_ROAD_GOES_ON = re.compile(rf"辅路|支路|[{NUMERALS}]段")


@dataclass(frozen=True)
class Ending:
    """A name ends here as this kind; ``ended`` if it has an ending, ``sure`` if that is no ending of other words."""

    kind: str
    end: int
    ended: bool
    sure: bool


@dataclass(frozen=True)
class Seen:
    """The kinds of the parts before a name."""

    kinds: frozenset[str]

    def any(self, *kinds: str) -> bool:
        """Whether one of these has been read."""
        return not self.kinds.isdisjoint(kinds)


def name_stop(text: str, at: int, parts: list[Part]) -> int:
    """Where a name must end: before a digit, a letter, a sign, a counted 八幢, or a division that is said again."""
    stop = min(len(text), at + _LONGEST_NAME)
    m = _STOP.search(text, at, stop)
    stop = m.start() if m else stop
    for part in parts:
        again = text.find(part.text, at + 1, stop) if part.kind in ("city", "district") else -1
        stop = again if again > 0 else stop
    for numeral in _NUMERAL.finditer(text, at + 1, stop):
        counted = number_pattern().match(text, numeral.start())
        if counted and words().units.get(counted.group(4)) != "area":
            return numeral.start()
    return stop


def name_ending(text: str, at: int, stop: int, seen: Seen) -> Ending:
    """The first ending of the name that begins here; a name without one is a place (``poi``) up to the stop."""
    known = words()
    for end in range(at + 1, stop + 1):
        whole = end - at - (not seen.kinds)
        for length in known.lengths.get(text[end - 1], ()):
            word = text[end - length : end] if length <= whole else ""
            for kind, strong in known.endings.get(word, ()):
                if _fits(text, at, stop, kind, word, end, strong, seen):
                    return Ending(kind, end, True, strong)
    m = _ROAD_WITH_NUMBER.match(text, at)
    return Ending("road", m.end(), True, True) if m else Ending("poi", stop, False, False)


def road_parts(text: str, at: int, end: int) -> tuple[int, int]:
    """Where a road's own name begins and ends: 河西|花木南路 has another place before it, 迎宾大道辅路 goes on."""
    m = _ROAD_NAME.fullmatch(text, at, end)
    core = 3 if m and m.group(1)[-1] in _LONG_CORE else 2
    if m and len(m.group(1)) >= core + 2 and m.group().isalpha():
        at = m.end(1) - core
    more = _ROAD_GOES_ON.match(text, end)
    return at, more.end() if more else end


def _fits(text: str, at: int, stop: int, kind: str, word: str, end: int, strong: bool, seen: Seen) -> bool:
    """Whether a name may end here as this kind."""
    stem = end - len(word) - at
    if any(text.startswith(longer, end - len(word), stop) for longer in words().longer[word]):
        return False
    if stem == 0 and not (len(word) >= 3 and kind in ("poi", "dev_zone") and strong):
        return False
    if kind != "town" and not seen.any("town", "road") and _STARTS_TOWN.match(text, end):
        return False
    if not strong:
        return end == stop and not (kind == "group" and seen.any("poi"))
    if kind == "road":
        return not words().not_before["road"].match(text, end) and (word not in ("道", "弄") or end == stop)
    if kind == "town":
        return not seen.any("road", "roadno") and _is_town(text, word, end, stem)
    if kind == "dev_zone" and seen.any("road", "roadno"):
        return False
    if word == "村":
        return not _goes_on_as_road(text, end, stem)
    return not _STARTS_ROAD.match(text, end) or text[end] in "东西南北中前后"


def _is_town(text: str, word: str, end: int, stem: int) -> bool:
    if stem > _LONGEST_TOWN or words().not_before["town"].match(text, end):
        return False
    return word not in ("镇", "乡") or not (text.startswith("街道", end) or _goes_on_as_road(text, end, stem))


def _goes_on_as_road(text: str, end: int, stem: int) -> bool:
    """Whether the ending is only the middle of a road's name: 镇东路, 后村路."""
    m = _STARTS_ROAD.match(text, end)
    return m is not None and (len(m.group()) < 2 or stem < 2)
