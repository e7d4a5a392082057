"""One pass over an address from left to right: divisions, then names and numbers as they come."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from nlu.entities.address_head import read_head, restart
from nlu.entities.address_names import Seen, name_ending, name_stop, road_parts
from nlu.entities.address_numbers import Before, number_pattern, read_number
from nlu.entities.address_parts import NUMERALS, ORDER, Part, words

_SEPARATOR = re.compile(r"[\s_,，、.。;；:：!！?？()（）\[\]【】<>《》*#·|/\\+~&“”\"'-]+|之(?=\d)")
_NUMBERED_ROAD = re.compile(r"[A-Za-z]?\d{1,4}(?:国道|省道|县道|乡道|号大街|大街|号路|号公路|支路|路|街|弄路)(?!口?站)")
# Within a market 12街 is a passage; with a house number behind it, or as 12号大街, it is a road.
_SURELY_ROAD = re.compile(r"[A-Za-z]?\d{1,4}(?:[国省县乡]道|号大街|[^\d]{1,3}\d{1,4}号)")
_PASSAGE = re.compile(rf"[{NUMERALS}]{{1,30}}街(?!道)")
_DISTANCE = re.compile(rf"(?:约|大约)?(?:\d{{1,30}}|[{NUMERALS}]{{1,30}})多?(?:米|公里|千米|里路|km|m)(?:处|左右|远)?")
_DIVISIONS = ("prov", "city", "district")
# An address has about ten; a text with more is none.
_MOST_PARTS = 30
# The place before a road's own name is a town if it is as short as those are.
_SHORT_TOWN = 3


class AddressParser:
    """Reads one text; ``at`` is the place that has been read up to, ``parts`` what was found."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.parts: list[Part] = []
        self.at = 0
        self._kinds: set[str] = set()
        self._last = ""  # the kind of the last part that is no aside
        self.natural = False  # whether the last name is a place by itself, not a house or an estate

    def run(self) -> Iterator[Part]:
        """The parts, in order, each read when it is asked for: who needs no more has no more read."""
        self._head()
        yield from self.parts
        steps = (
            self._separator, self._repeated, self._filler, self._distance, self._numbered_road, self._number,
            self._beside, self._name,
        )  # fmt: skip
        while self.at < len(self.text) and len(self.parts) < _MOST_PARTS:
            known = len(self.parts)
            if not any(step() for step in steps):
                self.at += 1
            yield from self.parts[known:]

    def _head(self) -> None:
        self.parts, self.at = read_head(self.text)
        again = restart(self.text, self.at)
        if again:
            # 和平镇浙江省湖州市长兴县和平镇: the address proper begins with its largest place.
            after, end = read_head(self.text[again:])
            moved = [replace(part, start=part.start + again, end=part.end + again) for part in after]
            self.parts = [Part("redundant", 0, again, self.text[:again]), *moved]
            self.at = again + end
        for part in self.parts:
            self._remember(part.kind)

    def _remember(self, kind: str) -> None:
        self._kinds.add(kind)
        if kind in ORDER:
            self._last = kind

    def _add(self, kind: str, end: int, ended: bool = True, sure: bool = True) -> bool:
        self.parts.append(Part(kind, self.at, end, self.text[self.at : end], ended, sure))
        self.at = end
        self._remember(kind)
        return True

    def _has(self, *kinds: str) -> bool:
        return not self._kinds.isdisjoint(kinds)

    def _separator(self) -> bool:
        m = _SEPARATOR.match(self.text, self.at)
        self.at = m.end() if m else self.at
        return m is not None

    def _repeated(self) -> bool:
        """A division that stood at the head already."""
        for part in self.parts:
            if part.kind in _DIVISIONS and len(part.text) > 2 and self.text.startswith(part.text, self.at):
                return self._add("redundant", self.at + len(part.text))
        return False

    def _filler(self) -> bool:
        m = words().filler.match(self.text, self.at)
        joins = self._last in ("road", "sub_road", "poi", "sub_poi")
        return m is not None and (len(m.group()) > 1 or joins) and self._add("redundant", m.end())

    def _distance(self) -> bool:
        m = _DISTANCE.match(self.text, self.at) if self.parts else None
        return m is not None and self._add("distance", m.end())

    def _numbered_road(self) -> bool:
        m = _NUMBERED_ROAD.match(self.text, self.at) or _PASSAGE.match(self.text, self.at)
        if m is None:
            return False
        if self._has("poi", "floor", "building") and not _SURELY_ROAD.match(self.text, self.at):
            return self._add("sub_poi", m.end())
        if self._last in ("road", "sub_road"):
            return False
        return self._add("sub_road" if self._has("road") else "road", m.end())

    def _beside(self) -> bool:
        m = words().beside_pattern.match(self.text, self.at) if self.parts else None
        if m is None:
            return False
        at_road = self.parts[-1].end == self.at and self._last in ("road", "sub_road")
        alone = len(m.group()) > 1 or m.end() == len(self.text) or (at_road and m.group() == "口")
        return alone and self._add(words().beside[m.group()], m.end())

    def _number(self) -> bool:
        m = number_pattern().match(self.text, self.at)
        if m is None:
            return False
        found = read_number(self.text, m, Before(self._last, self.natural, self._has("roadno")))
        if found[0][0] == "area":
            return self._name() or self._add("sub_poi", m.end())
        for kind, end in found:
            self._add(kind, end)
            # 5-2-301 is three parts: the next begins behind the hyphen.
            if end < m.end() and len(found) > 1:
                self._separator()
        return True

    def _name(self) -> bool:
        stop = name_stop(self.text, self.at, self.parts)
        if stop <= self.at:
            return False
        found = name_ending(self.text, self.at, stop, Seen(frozenset(self._kinds)))
        kind, end = found.kind, found.end
        if kind == "road":
            start, end = road_parts(self.text, self.at, end)
            if start > self.at:
                self._place_before_road(start)
        self.natural = kind == "community" or not found.ended
        kind = {"road": "sub_road", "poi": "sub_poi"}.get(kind, kind) if self._has(kind) else kind
        if kind == "town" and any(part.kind == "town" and part.text == self.text[self.at : end] for part in self.parts):
            kind = "redundant"
        return self._add(kind, end, found.ended, found.sure)

    def _place_before_road(self, end: int) -> None:
        below = self._last in ("", *_DIVISIONS, "quarter", "dev_zone") and not self._has("town")
        short = end - self.at <= _SHORT_TOWN
        self._add("town" if below and short else "community", end, ended=False, sure=False)
