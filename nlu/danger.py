"""Danger to life in a citizen's words. Works on any text, before and beside all classification."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from nlu.text import normalise

DANGER_FILE = Path(__file__).parent / "lexicon" / "danger.yml"
# How far before an accident the things it happened to are looked for.
REACH = 40


@dataclass(frozen=True)
class _Group:
    name: str
    any: re.Pattern[str]
    unless: re.Pattern[str] | None
    to_someone: re.Pattern[str] | None
    to_things: re.Pattern[str] | None

    def speaks_of_it(self, plain: str) -> bool:
        """Whether a text in normal form tells of this danger."""
        told = self.any.search(plain) is not None or self._happens_to_someone(plain)
        return told and not (self.unless and self.unless.search(plain))

    def _happens_to_someone(self, plain: str) -> bool:
        if self.to_someone is None or self.to_things is None:
            return False
        starts = [m.start() for m in self.to_someone.finditer(plain)]
        return any(not self.to_things.search(plain[max(0, at - REACH) : at]) for at in starts)


@lru_cache(maxsize=4)
def _groups(path: Path) -> tuple[_Group, ...]:
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    return tuple(
        _Group(
            name,
            re.compile("|".join(group["any"])),
            _one_of(group.get("unless")),
            _one_of(group.get("unless_things", {}).get("words")),
            _things_before(group["unless_things"]) if "unless_things" in group else None,
        )
        for name, group in data.items()
    )


def _one_of(patterns: list[str] | None) -> re.Pattern[str] | None:
    return re.compile("|".join(patterns)) if patterns else None


def _things_before(row: Mapping[str, Any]) -> re.Pattern[str]:
    """The end of a text that names things only: 钱包和手机都, but not 孩子和手机."""
    thing, between = "|".join(row["things"]), "|".join(row["between"])
    someone = row["joined_by"] + row["reached_by"]
    return re.compile(rf"(?<![{someone}])(?:{thing})(?:[{row['joined_by']}](?:{thing}))*(?:{between}){{0,4}}$")


def find_danger(text: str, path: Path = DANGER_FILE) -> str:
    """The kind of danger the text speaks of (``medical``, ``fire`` …), or an empty string.

    A missed danger costs more than a false alarm: the patterns are broad, and only clear contexts (报销, 去年) calm them.
    """
    plain = normalise(text)
    for group in _groups(path):
        if group.speaks_of_it(plain):
            return group.name
    return ""
