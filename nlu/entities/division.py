"""Administrative divisions of GB/T 2260 down to the county, with their years of validity and common short names.

The table is that of python-stdnum (``stdnum.cn``, after the Wikipedia list of the codes); what it lacks stands in
``nlu/lexicon/divisions.yml``.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

import yaml
from stdnum import numdb

from nlu.entities.span import Span

DIVISIONS_FILE = Path(__file__).parents[1] / "lexicon" / "divisions.yml"
Level = Literal["province", "prefecture", "county"]
_LEVELS: tuple[Level, ...] = ("province", "prefecture", "county")
# One of the names that a code has had: [1983-1987]城区,[2003-]吴兴区.
_NAME_IN_TIME = re.compile(r"(?:\[(\d*)-(\d*)\])?([^,\[\]]+)")
_PROVINCE = re.compile(r"(?:省|市|(?:壮族|回族|维吾尔)?自治区|特别行政区)$")
_SUFFIX = re.compile(r"(?:特区|林区|矿区|新区|地区|市|盟|县|旗|区)$")
_PLACEHOLDER = re.compile(r"直辖|^(?:市辖区|市区|县|办事处)$")


@dataclass(frozen=True)
class Division:
    """A division under one of its names; ``since`` and ``until`` are years, 0 where the table has none."""

    code: str
    name: str
    level: Level
    since: int = 0
    until: int = 0


class Name(NamedTuple):
    """A name found in a text: where it ends, the codes that it may mean, and whether it is a full name."""

    end: int
    codes: tuple[str, ...]
    full: bool


def _level(code: str) -> Level:
    return "province" if code.endswith("0000") else "prefecture" if code.endswith("00") else "county"


class Divisions:
    """The table of divisions: by code and by name.

    >>> divisions = Divisions()
    >>> divisions.name("330203"), [divisions.name(code) for code in divisions.ancestors("330203")]
    ('海曙区', ['浙江省', '宁波市'])
    """

    def __init__(self, path: Path = DIVISIONS_FILE) -> None:
        words = yaml.safe_load(path.read_text(encoding="utf-8"))
        self.general = frozenset(words["general"].split())
        self.ordinary_words = frozenset(words["ordinary_words"].split())
        self.not_before = re.compile("|".join(sorted(words["not_before"].split(), key=len, reverse=True)))
        peoples = "|".join(sorted(words["peoples"].split(), key=len, reverse=True))
        self._autonomous = re.compile(rf"^(.{{2,20}}?)(?:{peoples}){{1,9}}自治(州|县|旗)$")
        self._latest: dict[str, Division] = {}
        self._full: dict[str, tuple[str, ...]] = {}
        self._short: dict[str, tuple[str, ...]] = {}
        self._children: dict[str, list[str]] = defaultdict(list)
        self._index(_rows(words))

    def _index(self, rows: Iterable[Division]) -> None:
        full: dict[str, list[Division]] = defaultdict(list)
        short: dict[str, list[Division]] = defaultdict(list)
        for row in rows:
            known = self._latest.get(row.code)
            if known is None or (known.until and (not row.until or row.until > known.until)):
                self._latest[row.code] = row
            full[row.name].append(row)
            for name in self.short_names(row):
                short[name].append(row)
            if m := self._autonomous.match(row.name):
                # 延边州 and 景宁县 are as clear as the full name.
                full[m.group(1) + m.group(2)].append(row)
        for code in self._latest:
            self._children[self.parent(code)].append(code)
        self._full = {name: _current(named) for name, named in full.items()}
        self._short = {name: _highest(_current(named)) for name, named in short.items() if name not in self._full}
        lengths: dict[str, set[int]] = defaultdict(set)
        for name in (*self._full, *self._short):
            lengths[name[0]].add(len(name))
        self._lengths = {first: sorted(found, reverse=True) for first, found in lengths.items()}

    def __contains__(self, code: str) -> bool:
        return code in self._latest

    def name(self, code: str) -> str:
        """The full name, or the last one of a code no longer in use; empty where there is no such code."""
        return self._latest[code].name if code in self._latest else ""

    def level(self, code: str) -> Level:
        """Province, prefecture or county; raises ``KeyError`` where there is no such code."""
        return self._latest[code].level

    def is_current(self, code: str) -> bool:
        """Whether the code is in use today."""
        return code in self._latest and not self._latest[code].until

    def parent(self, code: str) -> str:
        """The code of the division above; empty for provinces. Counties of 北京 and 仙桃 are right below a province."""
        if code.endswith("0000"):
            return ""
        above = code[:4] + "00"
        return above if above != code and above in self._latest else code[:2] + "0000"

    def ancestors(self, code: str) -> list[str]:
        """Codes of the divisions above, the province first."""
        above: list[str] = []
        while code := self.parent(code):
            above.insert(0, code)
        return above

    def descendants(self, code: str) -> list[str]:
        """Codes of all divisions in use below, by code."""
        below = [child for child in self._children.get(code, ()) if self.is_current(child)]
        return sorted([*below, *(deeper for child in below for deeper in self.descendants(child))])

    def contains(self, above: str, below: str) -> bool:
        """Whether one lies in the other, at any depth."""
        return above != below and above in self.ancestors(below)

    def codes(self, name: str) -> tuple[str, ...]:
        """The codes that a full or short name may mean: those in use, or else the last that was."""
        return self._full.get(name) or self._short.get(name, ())

    def short_names(self, division: Division) -> set[str]:
        """How the division is called without its rank: 浙江, 宁波, 延边, 景宁."""
        if division.name in self.general:
            return set()
        if division.level == "province":
            return {_PROVINCE.sub("", division.name)}
        if m := self._autonomous.match(division.name):
            return {m.group(1)}
        plain = _SUFFIX.sub("", division.name)
        return {plain} if len(plain) >= 2 and plain not in self.general else set()

    def names_at(self, text: str, at: int) -> Iterator[Name]:
        """The names that begin at a place of the text, longest first."""
        for length in self._lengths.get(text[at], ()) if at < len(text) else ():
            name = text[at : at + length]
            if name in self._full:
                yield Name(at + length, self._full[name], True)
            elif name in self._short:
                yield Name(at + length, self._short[name], False)


@lru_cache(maxsize=1)
def divisions() -> Divisions:
    """The table, read once a process."""
    return Divisions()


def _rows(words: dict[str, Any]) -> Iterator[Division]:
    simplified = str.maketrans(words["traditional"])
    for _, province, _, properties, children in numdb.get("cn/loc").prefixes:
        yield Division(f"{province}0000", properties["province"].translate(simplified), "province")
        for _, rest, _, below, _ in children:
            code = province + rest
            for since, until, name in _NAME_IN_TIME.findall(below["county"].translate(simplified)):
                if rest != "0000" and not _PLACEHOLDER.search(name):
                    yield Division(code, name, _level(code), int(since or 0), int(until or 0))
    for code, name, since in words["added"]:
        yield Division(code, name, _level(code), since)


def _current(named: list[Division]) -> tuple[str, ...]:
    """Codes in use, or the one used last."""
    current = [row.code for row in named if not row.until]
    return tuple(dict.fromkeys(current)) or (max(named, key=lambda row: row.until).code,)


def _highest(codes: tuple[str, ...]) -> tuple[str, ...]:
    """吉林 is the province: a short name means the highest of those that have it."""
    top = min(_LEVELS.index(_level(code)) for code in codes)
    return tuple(code for code in codes if _LEVELS.index(_level(code)) == top)


def find_divisions(text: str) -> list[Span]:
    """Every division named in a text, in order; value is the code of six digits, empty where the text leaves it open.

    Short names of counties (鄞州, 江东) count only right behind the division above them.
    """
    table = divisions()
    found: list[tuple[int, Name]] = []
    at = 0
    while at < len(text):
        before = found[-1] if found and found[-1][1].end == at else None
        name = next((name for name in table.names_at(text, at) if _is_meant(text, at, name, before)), None)
        if name:
            found.append((at, name))
        at = name.end if name else at + 1
    sure = frozenset(name.codes[0] for _, name in found if len(name.codes) == 1)
    above = frozenset(up for code in sure for up in table.ancestors(code))
    return [
        Span(start, name.end, text[start : name.end], _resolved(name.codes, sure, above), "division")
        for start, name in found
    ]


def _is_meant(text: str, at: int, name: Name, before: tuple[int, Name] | None) -> bool:
    table, word = divisions(), text[at : name.end]
    below = before is not None and any(table.contains(up, code) for up in before[1].codes for code in name.codes)
    if table.not_before.match(text, name.end) and not (below and name.full):
        return False
    if word in table.general:
        return below
    if name.full or below:
        return True
    return table.level(name.codes[0]) != "county" and word not in table.ordinary_words


def _resolved(codes: tuple[str, ...], sure: frozenset[str], above: frozenset[str]) -> str:
    """The one code, or the only one that lies in, or holds, a division that is ``sure``; ``above`` are those that hold one."""
    if len(codes) > 1:
        codes = tuple(code for code in codes if code in above or not sure.isdisjoint(divisions().ancestors(code)))
    return codes[0] if len(codes) == 1 else ""
