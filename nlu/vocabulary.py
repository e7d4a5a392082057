"""The government lexicon as data: groups of words that mean the same, and named things by kind.

``lexicon/synonyms/<topic>.yml`` holds groups, the official term first; ``lexicon/terms/*.yml`` holds agencies, certificates,
materials, facilities, events, benefits and groups of people, the standard name first. Names of services are read from the
catalogue of the knowledge base, so that they stand in one place only. Staff and translators edit the files.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

LEXICON_DIR = Path(__file__).parent / "lexicon"
# Read as data: nothing of the knowledge base is imported, and without the folder no service has a name.
CATALOGUE_DIR = Path(__file__).parents[1] / "knowledge_base" / "catalogue"
# A shorter name of a service is a word of many sentences: 刻章, 调档.
SHORTEST_SERVICE = 4
# Some of the other names are questions that everything is asked with: 要带什么, 几点下班, 办到哪了.
_QUESTION = re.compile(r"什么|怎么|多少|几|哪|吗|能不能|有没有|没$|(.)没\1")
# What official names explain in brackets at their end: 清算组备案（债权人公告）.
_EXPLAINED = re.compile(r"（[^（）]*）$")
# A tokenizer keeps words of these lengths whole. Names of things may be long; longer synonyms are phrases (户口本丢了), whose
# words must stay apart.
SHORTEST_WORD, LONGEST_NAME, LONGEST_SYNONYM = 2, 8, 4


@dataclass(frozen=True)
class TermGroup:
    """Words for one thing, the standard one first. ``label`` is the topic of a synonym group or the kind of a named thing."""

    label: str
    words: tuple[str, ...]


def read_yaml(path: Path) -> Any:
    """The file's data, by libyaml where it is there: the lexicon is read whenever a process starts."""
    return yaml.load(path.read_bytes(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - both are safe


@lru_cache(maxsize=4)
def synonym_groups(folder: Path = LEXICON_DIR / "synonyms") -> tuple[TermGroup, ...]:
    """All groups of all topics; a word that stands in several groups is kept in each."""
    files = [read_yaml(path) for path in sorted(folder.glob("*.yml"))]
    return tuple(TermGroup(file["topic"], tuple(map(str, words))) for file in files for words in file["groups"])


@lru_cache(maxsize=4)
def named_things(folder: Path = LEXICON_DIR / "terms") -> tuple[TermGroup, ...]:
    """All named things, ``label`` being their kind (agency, certificate …)."""
    files = [read_yaml(path) for path in sorted(folder.glob("*.yml"))]
    return tuple(TermGroup(file["kind"], tuple(map(str, words))) for file in files for words in file["terms"])


@lru_cache(maxsize=4)
def service_items(folder: Path = CATALOGUE_DIR) -> tuple[TermGroup, ...]:
    """The names of each service: the official one, the same without what it explains in brackets, and the other names.

    But for the official one none is shorter than ``SHORTEST_SERVICE``; ways of asking are no names.
    """
    services = [row for path in sorted(folder.glob("*.yml")) for row in read_yaml(path).get("services") or ()]
    return tuple(TermGroup("service_item", _names(str(row["name"]), row.get("also") or ())) for row in services)


def _names(official: str, others: Iterable[Any]) -> tuple[str, ...]:
    names = [_EXPLAINED.sub("", official), *(name for name in map(str, others) if not _QUESTION.search(name))]
    return tuple(dict.fromkeys([official, *(name for name in names if len(name) >= SHORTEST_SERVICE)]))


def lexicon_words() -> list[str]:
    """Every word of the lexicon that a tokenizer should keep whole, each once, in order."""
    names = [word for group in named_things() for word in group.words if len(word) <= LONGEST_NAME]
    synonyms = [word for group in synonym_groups() for word in group.words if len(word) <= LONGEST_SYNONYM]
    return [word for word in dict.fromkeys([*names, *synonyms]) if len(word) >= SHORTEST_WORD]
