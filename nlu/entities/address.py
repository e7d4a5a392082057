"""Chinese addresses taken apart from left to right, from province to room, by how each part ends.

No list of places beyond the county is needed: a name is what stands before an ending (街道, 村, 路, 花园), and a number is
read by what stands before it and by its counting word. Where an ending could also be the beginning of a longer name
(马路桥镇, 街道), the longer name wins. Endings stand in ``nlu/lexicon/address.yml``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain, pairwise

from nlu.entities.address_parser import AddressParser
from nlu.entities.address_parts import HOUSE_KINDS, NUMERALS, ORDER, Part, words
from nlu.entities.span import Span

_CLAUSE = re.compile(r"[^，,。！!？?；;：:\n]+")
# Something that an address in a sentence cannot do without: a road, a town, a village, or a counted house; 去社区 names none.
_ANCHOR = re.compile(
    r"(?![去到在])[\u4e00-\u9fff0-9](?:路|街|大道|巷|公路|胡同|国道|省道|弄|里|[镇乡村]|社区)|[\u4e00-\u9fff]\d{1,30}(?:号楼|[栋幢]|单元|弄)"
)
_NUMBER = re.compile(rf"[\dA-Za-z{NUMERALS}]+")
_GAP = re.compile(r"[\s·()（）\-－_之]{0,2}")
_JOINING = ("和", "与", "及")
_NAMED = frozenset({"road", "sub_road", "town", "community", "poi", "sub_poi"})
# 2018年 behind a village and 12号线 behind a road are no houses.
_COUNTED = re.compile(r"[号年月日元块万亿人个米斤亩平度岁名天]")
_BUS = re.compile(r"[A-Za-z]?\d{1,30}路")
# What is left of a number that was masked already is no house: E******39 behind a road.
_MASKS = "*＊"
_SHORTEST_NAME = 3
# In characters; and how far before a road or village its address may begin.
LONGEST_ADDRESS = 120
_REACH = 60
# How often the same words are read when what they hold is no address: of 13,000 messages none took more than two.
_MOST_READS = 3
# Words of a sentence, that no name has, and numbers too long for a house.
_NO_PART = re.compile(
    r"[的了是我你他她们被把让不没吗呢吧就都也很这那整怎]|\d{5}|(?:半|马|小|大|网|电|线|出|门|走|修|让|问|带|知)路$"
)


@dataclass(frozen=True)
class Address:
    """The parts of an address, in order and not overlapping; ``text`` is what was parsed."""

    text: str
    parts: tuple[Part, ...]

    def first(self, kind: str) -> str:
        """The text of the first part of a kind; empty where there is none."""
        return next((part.text for part in self.parts if part.kind == kind), "")

    @property
    def standard(self) -> str:
        """The parts joined as they come, without what is repeated or says only where something is beside."""
        return "".join(part.text for part in self.parts if part.kind in ORDER and part.kind != "country")


def parse_address(text: str) -> Address:
    """The parts of a text that is an address; what cannot be read is left out, and so is what is beyond all addresses.

    >>> [(part.kind, part.text) for part in parse_address("宁波市海曙区新华一路12号5幢").parts]
    [('city', '宁波市'), ('district', '海曙区'), ('road', '新华一路'), ('roadno', '12号'), ('building', '5幢')]
    """
    return Address(text, tuple(AddressParser(text[:LONGEST_ADDRESS]).run()))


def find_addresses(text: str) -> list[Span]:
    """Every address in a sentence, from a road or village to a room, in order; the value is its parts joined.

    >>> [span.text for span in find_addresses("我家在东湖区青年路88号香樟苑6栋，楼下很吵")]
    ['东湖区青年路88号香樟苑6栋']
    """
    return [
        Span(parts[0].start, parts[-1].end, text[parts[0].start : parts[-1].end], _value(parts), "address")
        for parts in locate_addresses(text)
    ]


def find_house_addresses(text: str) -> list[Span]:
    """Addresses that lead to somebody's door, cut behind the last house number, building or room."""
    spans = []
    for parts in locate_addresses(text, with_house=True):
        doors = [i for i, part in enumerate(parts) if part.kind in HOUSE_KINDS]
        if doors:
            kept = parts[: doors[-1] + 1]
            start, end = kept[0].start, kept[-1].end
            if text[end : end + 1] in _MASKS and end < len(text):
                continue
            spans.append(Span(start, end, text[start:end], _value(kept), "address"))
    return spans


def locate_addresses(text: str, with_house: bool = False) -> list[list[Part]]:
    """The parts of every address in a sentence, with their places in it; those without a number may be left out."""
    clauses = ((clause.start(), clause.end()) for clause in _CLAUSE.finditer(text))
    if with_house:
        clauses = (near for start, stop in clauses for near in _near_numbers(text, start, stop))
    return [parts for start, stop in clauses for parts in _in_clause(text, start, stop)]


def _near_numbers(text: str, at: int, stop: int) -> Iterator[tuple[int, int]]:
    """The stretches of a clause that are near enough to a number for it to be that of a house."""
    begin = end = at
    for number in _NUMBER.finditer(text, at, stop):
        if number.start() - LONGEST_ADDRESS > end:
            if end > begin:
                yield begin, end
            begin = number.start() - LONGEST_ADDRESS
        end = min(number.end() + LONGEST_ADDRESS, stop)
    if end > begin:
        yield begin, end


def _in_clause(text: str, at: int, stop: int) -> Iterator[list[Part]]:
    """The addresses between two places of a text; none is read to where no address reaches, or again and again."""
    read_to, reads = at, 0
    while anchor := _ANCHOR.search(text, at, stop):
        at = max(at, anchor.start() - _REACH)
        leads = [m.end() for m in words().lead.finditer(text, at, anchor.start() + 1)]
        start = max((end for end in leads if end <= anchor.start()), default=at)
        reader = AddressParser(text[start : min(stop, start + LONGEST_ADDRESS)])
        kept = _coherent(reader.text, reader.run())
        parts = [replace(part, start=part.start + start, end=part.end + start) for part in kept]
        if parts and _is_address(parts):
            yield parts
        at = max(parts[-1].end if parts else 0, anchor.end())
        reads = reads + 1 if start < read_to else 0
        read_to = max(read_to, start + reader.at)
        if reads == _MOST_READS:
            at = max(at, read_to)


def _value(parts: list[Part]) -> str:
    return "".join(part.text for part in parts if part.kind in ORDER or part.kind == "crossing")


def _coherent(text: str, parts: Iterable[Part]) -> list[Part]:
    """The first run of parts that belong together, without words of the sentence before and behind it."""
    kept: list[Part] = []
    for part, following in pairwise(chain(parts, (None,))):
        if part is None or _NO_PART.search(part.text):
            if kept:
                break
            continue
        if not kept:
            if _can_begin(part, following):
                kept.append(part)
            continue
        joins = part.text in _JOINING and following is not None and following.kind == "sub_road"
        if not _GAP.fullmatch(text, kept[-1].end, part.start) or not (part.ended or _leads_on(part, following)):
            break
        if part.kind == "redundant" and not joins:
            break
        kept.append(part)
    while kept and not _can_end(text, kept):
        kept.pop()
    return kept


def _can_begin(part: Part, following: Part | None) -> bool:
    if part.kind not in ORDER or part.kind in HOUSE_KINDS:
        return False
    if part.text in words().no_names:
        return part.kind == "dev_zone" and following is not None and following.kind in _NAMED
    return part.sure or (part.ended and following is not None and following.kind in HOUSE_KINDS)


def _leads_on(part: Part, following: Part | None) -> bool:
    """Whether a name without an ending is the place before a road, or the name of a counted house."""
    named = following is not None and following.kind in ("road", "building")
    return named and len(part.text) <= 2 * _SHORTEST_NAME


def _can_end(text: str, parts: list[Part]) -> bool:
    part = parts[-1]
    if part.kind in HOUSE_KINDS:
        return not (part.text[-1].isdigit() and _COUNTED.match(text, part.end))
    if part.kind == "crossing":
        return True
    numbered = any(other.kind in HOUSE_KINDS for other in parts)
    return part.kind in ORDER and (part.sure or (part.ended and not numbered))


def _is_address(parts: list[Part]) -> bool:
    """Whether this says where something is: a name of its own, not a word such as 马路 or a bus line."""
    names = [part for part in parts if part.kind in _NAMED and part.text not in words().no_names]
    if any(part.kind in HOUSE_KINDS for part in parts):
        return bool(names) or any(part.kind in ("district", "dev_zone") for part in parts)
    sure = [part for part in names if part.sure and part.kind not in ("poi", "sub_poi")]
    return any(len(part.text) >= _SHORTEST_NAME and not _BUS.fullmatch(part.text) for part in sure)
