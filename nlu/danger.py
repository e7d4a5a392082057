"""Danger to life in a citizen's words. Works on any text, before and beside all classification."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from nlu.text import normalise

DANGER_FILE = Path(__file__).parent / "lexicon" / "danger.yml"


@dataclass(frozen=True)
class _Group:
    name: str
    any: re.Pattern[str]
    unless: re.Pattern[str] | None


@lru_cache(maxsize=4)
def _groups(path: Path) -> tuple[_Group, ...]:
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    return tuple(
        _Group(
            name,
            re.compile("|".join(group["any"])),
            re.compile("|".join(group["unless"])) if group.get("unless") else None,
        )
        for name, group in data.items()
    )


def find_danger(text: str, path: Path = DANGER_FILE) -> str:
    """The kind of danger the text speaks of (``medical``, ``fire`` …), or an empty string.

    A missed danger costs more than a false alarm: the patterns are broad, and only clear contexts (报销, 去年) calm them.
    """
    plain = normalise(text)
    for group in _groups(path):
        if group.any.search(plain) and not (group.unless and group.unless.search(plain)):
            return group.name
    return ""
