"""The shape of the YAML files under ``knowledge_base/content/``, checked before anything is imported.

A file holds one topic. Values that differ from city to city are written ``{section.key}`` and come from ``city.yml``.
Run ``python -m knowledge_base.content_check [FILE ...]`` to check files by hand: it prints every problem with its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_serializer, field_validator, model_validator

from knowledge_base.aspects import Points
from knowledge_base.details import Details, phrasings
from knowledge_base.rates import RATES, SECTION, CityBook, Rate
from knowledge_base.sisters import SisterGroups
from knowledge_base.validity import today
from nlu.city_name import CityName
from nlu.vocabulary import read_yaml

RATES_FILE, SISTERS_FILE = "rates.yml", "sisters.yml"
CONTENT_DIR = Path(__file__).parent / "content"
NOT_TOPICS = {"topics.yml", "city.yml", RATES_FILE, SISTERS_FILE}
LONGEST_TITLE_EN, LONGEST_SUMMARY_EN = 70, 450
# The aspects that the facts of a service item answer.
FACT_ASPECTS = {
    "conditions": "who_may",
    "materials": "materials",
    "steps": "how",
    "time_limit": "processing_time",
    "fee": "fee",
    "where": "where",
    "online": "online",
}
PLACEHOLDER = re.compile(r"\{([a-z_]+)\.([a-z_0-9]+)\}")

EntryKind = Literal["service_item", "entry", "passage"]


class ContentError(ValueError):
    """The content files cannot be imported; the message names the file, the entry and the field."""


class LegalBasis(BaseModel):
    """A source: the law or document an answer rests on; ``effective`` is the day since which it is in force."""

    model_config = ConfigDict(extra="forbid")

    title: str = Field(min_length=2)
    issuer: str = Field(min_length=2)
    number: str = ""
    article: str = ""
    effective: date | None = None

    @field_serializer("effective")
    def _as_text(self, value: date | None) -> str | None:
        # Kept in a JSON column, which takes no dates.
        return value.isoformat() if value else None


class ServiceFacts(BaseModel):
    """What a citizen must know to get a service item done; each is the answer to one kind of follow-up question."""

    model_config = ConfigDict(extra="forbid")

    conditions: list[str] = Field(min_length=1)
    materials: list[str] = Field(min_length=1)
    steps: list[str] = Field(min_length=1)
    time_limit: str = Field(min_length=2)
    fee: str = Field(min_length=2)
    where: str = Field(min_length=2)
    online: str = Field(min_length=2)


class ContentEntry(BaseModel):
    """One standard question with its answer; a service item also has facts. ``points``: what it says of single aspects,
    ``details``: of cases.

    ``similar`` may be written by pen, the one who wrote each phrasing. ``title_en`` and ``summary_en`` say in English what it is
    about and what one must know; empty where nobody wrote them.
    """

    model_config = ConfigDict(extra="forbid")

    id: str = Field(pattern=r"^[a-z_]+\.[a-z0-9_]+$")
    kind: Literal["service_item", "entry"]
    title: str = Field(min_length=2, max_length=40)
    question: str = Field(min_length=3, max_length=60)
    similar: list[str] = Field(min_length=6)
    aliases: list[str] = []
    answer: str = Field(min_length=20, max_length=500)
    title_en: str = Field("", max_length=LONGEST_TITLE_EN)
    summary_en: str = Field("", max_length=LONGEST_SUMMARY_EN)
    facts: ServiceFacts | None = None
    points: Points = {}
    details: Details = []
    legal_basis: list[LegalBasis] = Field(min_length=1)
    effective: date
    expires: date | None = None
    confirm: list[str] = []
    related: list[str] = []

    @field_validator("similar", mode="before")
    @classmethod
    def _of_all_pens(cls, value: object) -> object:
        return [text for texts in value.values() for text in texts] if isinstance(value, dict) else value

    @field_validator("similar")
    @classmethod
    def _no_repeats(cls, value: list[str]) -> list[str]:
        seen = {text.strip() for text in value}
        if len(seen) != len(value):
            raise ValueError("a similar question is repeated")
        return value

    @model_validator(mode="after")
    def _facts_where_a_service(self) -> ContentEntry:
        if (self.kind == "service_item") != (self.facts is not None):
            raise ValueError("facts belong to kind service_item, and only to it")
        return self

    @property
    def asked(self) -> list[str]:
        """What people asked of their own cases, of all details."""
        return list(phrasings(self.details))

    @property
    def aspects(self) -> set[str]:
        """The aspects of which it says something by itself."""
        return set(self.points) | (set(FACT_ASPECTS.values()) if self.facts else set())


class ContentFile(BaseModel):
    """One topic's file."""

    model_config = ConfigDict(extra="forbid")

    topic: str
    entries: list[ContentEntry] = Field(min_length=1)


def load_yaml(path: Path) -> Any:
    """Parse one YAML file; raises ContentError with the line where it is broken."""
    try:
        return read_yaml(path)
    except yaml.YAMLError as error:
        raise ContentError(f"{path.name}: {error}") from error


def load_city(path: Path = CONTENT_DIR / "city.yml") -> CityBook:
    """The city's own values, by section and key, and the rates beside them; raises ContentError."""
    data: dict[str, dict[str, str]] = load_yaml(path)
    return CityBook(data, load_rates(path.with_name(RATES_FILE)), today)


def load_rates(path: Path = CONTENT_DIR / RATES_FILE) -> dict[str, Rate]:
    """Rates by key, none where there is no file; raises ContentError."""
    if not path.exists():
        return {}
    try:
        return RATES.validate_python(load_yaml(path))
    except ValidationError as error:
        raise ContentError(f"{path.name}: {_problems(error)}") from error


def own_name(city: Mapping[str, Mapping[str, str]]) -> CityName:
    """The city's name, with what is called after it (its app, its web site)."""
    proper = [str(value) for section in city.values() for value in section.values()]
    return CityName(str(city["city"]["name"]), proper, str(city["city"].get("short", "")))


def fill(text: str, city: Mapping[str, Mapping[str, str]]) -> str:
    """Replace every ``{section.key}`` in ``text``; raises ContentError where the city file has no such value."""

    def value(match: re.Match[str]) -> str:
        section, key = match.groups()
        try:
            return str(city[section][key])
        except KeyError:
            file = RATES_FILE if section == SECTION else "city.yml"
            raise ContentError(f"{file} has no value {section}.{key}") from None

    return PLACEHOLDER.sub(value, text)


def topic_files(directory: Path = CONTENT_DIR) -> list[Path]:
    """The files that hold entries, in a stable order."""
    return sorted(path for path in directory.glob("*.yml") if path.name not in NOT_TOPICS)


def strings(value: Any) -> Iterator[str]:
    """Every string inside nested lists and mappings."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from strings(item)
    elif isinstance(value, Iterable):
        for item in value:
            yield from strings(item)


def read_file(path: Path, topics: Mapping[str, str], city: Mapping[str, Mapping[str, str]]) -> ContentFile:
    """Parse and check one topic file, alone; raises ContentError."""
    raw = load_yaml(path)
    try:
        content = ContentFile.model_validate(raw)
    except ValidationError as error:
        raise ContentError(f"{path.name}: {_problems(error)}") from error
    if content.topic not in topics:
        raise ContentError(f"{path.name}: unknown topic {content.topic}")
    for entry in content.entries:
        if entry.id.split(".")[0] != content.topic:
            raise ContentError(f"{path.name}: {entry.id} does not start with its topic")
        for text in strings(entry.model_dump()):
            try:
                fill(text, city)
            except ContentError as error:
                raise ContentError(f"{path.name}: {entry.id}: {error}") from None
    return content


def _problems(error: ValidationError) -> str:
    return "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())


def load_content(directory: Path = CONTENT_DIR, files: list[Path] | None = None) -> list[ContentFile]:
    """Every topic file, checked alone and against each other: ids and phrasings are unique, related ids exist."""
    topics: dict[str, str] = load_yaml(directory / "topics.yml")
    city = load_city(directory / "city.yml")
    contents = [read_file(path, topics, city) for path in files or topic_files(directory)]
    owner: dict[str, str] = {}
    ids: set[str] = set()
    for entry in (entry for content in contents for entry in content.entries):
        if entry.id in ids:
            raise ContentError(f"{entry.id} is defined twice")
        ids.add(entry.id)
        for phrase in [entry.question, *entry.similar, *entry.asked]:
            if owner.setdefault(phrase.strip("？?。！! "), entry.id) != entry.id:
                raise ContentError(f"{entry.id}: “{phrase}” is also a question of {owner[phrase.strip('？?。！! ')]}")
    if files is None:
        for entry in (entry for content in contents for entry in content.entries):
            for other in entry.related:
                if other not in ids:
                    raise ContentError(f"{entry.id}: related {other} does not exist")
        _check_sisters(directory, ids)
    return contents


def load_sisters(directory: Path = CONTENT_DIR) -> SisterGroups:
    """The groups of entries that one question tells apart; raises ContentError."""
    try:
        return SisterGroups.read(directory / SISTERS_FILE)
    except ValueError as error:
        raise ContentError(str(error)) from error


def _check_sisters(directory: Path, ids: set[str]) -> None:
    for group in load_sisters(directory).groups:
        for name in group.entries.keys() - ids:
            raise ContentError(f"{SISTERS_FILE}: “{group.ask}” names {name}, which does not exist")
