"""What an address is made of, and how its parts end: data for the parser in :mod:`nlu.entities.address`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

ADDRESS_FILE = Path(__file__).parents[1] / "lexicon" / "address.yml"
NUMERALS = "一二三四五六七八九十百零两"
# Kinds from the largest to the smallest place; those that may stand anywhere are not among them.
ORDER = (
    "country", "prov", "city", "district", "quarter", "dev_zone", "town", "community", "group", "road", "roadno", "sub_road",
    "sub_roadno", "poi", "sub_poi", "building", "unit", "floor", "room",
)  # fmt: skip
# Part of a house: with one of these an address leads to somebody's door.
HOUSE_KINDS = frozenset({"roadno", "sub_roadno", "building", "unit", "floor", "room"})
DIVISION_KINDS = {"province": "prov", "prefecture": "city", "county": "district"}
_ENDINGS = ("road", "town", "community", "group", "dev_zone", "poi")
# Groups of villagers and passages of markets are named like other things: such an ending ends a name only at its stop.
_ALWAYS_WEAK = frozenset({"group"})


@dataclass(frozen=True)
class Part:
    """``text[start:end]`` of an address; ``kind`` is one of ``ORDER``, or crossing, direction, assist, distance, redundant.

    ``ended`` is false for a name without an ending, which could be any word, ``sure`` also for one whose ending (城, 里, 店)
    ends other words as well.
    """

    kind: str
    start: int
    end: int
    text: str
    ended: bool = True
    sure: bool = True


@dataclass(frozen=True)
class Words:
    """Endings and counting words of ``nlu/lexicon/address.yml``.

    ``endings`` gives for an ending its kinds, and whether each holds wherever it stands; ``longer`` the endings that begin
    with it; ``units`` the kind of part that a counting word makes; ``beside`` the kind of the words that say where something
    lies; ``lead`` the words behind which an address begins; ``no_names`` words that only look like names; ``lengths`` how long
    the endings are that have a last character, the longest first.
    """

    endings: dict[str, tuple[tuple[str, bool], ...]]
    longer: dict[str, tuple[str, ...]]
    not_before: dict[str, re.Pattern[str]]
    beside: dict[str, str]
    beside_pattern: re.Pattern[str]
    filler: re.Pattern[str]
    lead: re.Pattern[str]
    no_names: frozenset[str]
    units: dict[str, str]
    unit: str
    lengths: dict[str, tuple[int, ...]]


def _any(listed: str) -> str:
    return "|".join(re.escape(word) for word in sorted(listed.split(), key=len, reverse=True))


@lru_cache(maxsize=1)
def words() -> Words:
    """The lexicon, read once a process."""
    data = yaml.safe_load(ADDRESS_FILE.read_text(encoding="utf-8"))
    endings: dict[str, tuple[tuple[str, bool], ...]] = {}
    for kind in _ENDINGS:
        strong = frozenset(data.get(f"{kind}_strong", data[kind]).split())
        for word in data[kind].split():
            endings[word] = (*endings.get(word, ()), (kind, word in strong and kind not in _ALWAYS_WEAK))
    units = {word: kind for kind, group in data["units"].items() for word in group.split()}
    beside = {word: kind for kind, group in data["beside"].items() for word in group.split()}
    return Words(
        endings=endings,
        longer={
            word: tuple(other for other in endings if other != word and other.startswith(word)) for word in endings
        },
        not_before={kind: re.compile(_any(data[f"{kind}_not_before"])) for kind in ("road", "town")},
        beside=beside,
        beside_pattern=re.compile(_any(" ".join(beside))),
        filler=re.compile(_any(data["filler"])),
        lead=re.compile(_any(data["lead"])),
        no_names=frozenset(data["no_names"].split()),
        units=units,
        unit=_any(" ".join(units)),
        lengths={
            last: tuple(sorted({len(word) for word in endings if word[-1] == last}, reverse=True))
            for last in {word[-1] for word in endings}
        },
    )
