"""Aspects that citizens ask for one at a time, and the points of an entry: what it says of each, and by which law.

The names and their labels are data, in ``aspects.yml``.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    model_serializer,
    model_validator,
)
from pydantic_core import PydanticCustomError

from nlu.vocabulary import read_yaml

ASPECTS_FILE = Path(__file__).with_name("aspects.yml")
# Characters of a point: it is one answer, read on a small screen.
SHORTEST_POINT, LONGEST_POINT, LONGEST_SOURCE = 2, 200, 80
_OPEN, _CLOSE = "〔", "〕"


@lru_cache(maxsize=1)
def aspects() -> Mapping[str, str]:
    """Labels by name, in the order in which points are shown."""
    labels: dict[str, str] = read_yaml(ASPECTS_FILE)
    return MappingProxyType(labels)


def in_one_line(text: object) -> object:
    """The text with blanks for line breaks."""
    return " ".join(text.split()) if isinstance(text, str) else text


def sourced(text: str, source: str) -> str:
    """The text with its source as people write it, in 〔〕.

    >>> sourced("免费", "《规定》第三条")
    '免费〔《规定》第三条〕'
    """
    return f"{text}{_OPEN}{source}{_CLOSE}" if source else text


def text_and_source(written: str) -> tuple[str, str]:
    """What ``sourced`` put together.

    >>> text_and_source("免费〔《规定》第三条〕")
    ('免费', '《规定》第三条')
    """
    text, opened, source = written.strip().removesuffix(_CLOSE).rpartition(_OPEN)
    apart = opened and text.strip() and written.strip().endswith(_CLOSE)
    return (text.rstrip(), source) if apart else (written, "")


class Point(BaseModel):
    """What an entry says of one aspect. ``source``: the law and article that say exactly this, empty where the sources of
    the entry do. Written and kept as a plain text where it has no source of its own.

    >>> Point.model_validate("免费").model_dump()
    '免费'
    >>> Point.model_validate("30日内〔《工伤保险条例》第十七条〕").source
    '《工伤保险条例》第十七条'
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: Annotated[str, BeforeValidator(in_one_line), Field(min_length=SHORTEST_POINT, max_length=LONGEST_POINT)]
    source: Annotated[str, BeforeValidator(in_one_line), Field(max_length=LONGEST_SOURCE)] = ""

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: object) -> object:
        """A text may end with its source in 〔〕: so people write it."""
        if not isinstance(value, str):
            return value
        text, source = text_and_source(value)
        return {"text": text, "source": source}

    @model_serializer
    def _plainly(self) -> str | dict[str, str]:
        return {"text": self.text, "source": self.source} if self.source else self.text

    def line(self) -> str:
        """The point as a person reads and writes it."""
        return sourced(self.text, self.source)


def labelled(points: Mapping[str, Point]) -> list[tuple[str, str]]:
    """Label and line of each point, in the order of the aspects.

    >>> labelled(points_of({"late": "可以补报", "fee": "免费"}))
    [('费用', '免费'), ('逾期', '可以补报')]
    """
    return [(label, points[name].line()) for name, label in aspects().items() if name in points]


def point_lines(points: Mapping[str, Point]) -> list[str]:
    """Points as a person reads and writes them, one a line.

    >>> point_lines(points_of({"late": "可以补报", "fee": {"text": "免费", "source": "《规定》第三条"}}))
    ['费用：免费〔《规定》第三条〕', '逾期：可以补报']
    """
    return [f"{label}：{line}" for label, line in labelled(points)]


def points_of(kept: Mapping[str, object]) -> dict[str, Point]:
    """Points from how they are kept; raises pydantic's ValidationError."""
    return _POINTS.validate_python(kept)


def _known(points: dict[str, Point]) -> dict[str, Point]:
    for name in points:
        if name not in aspects():
            known = ", ".join(aspects())
            told = {"name": name[:40], "known": known}
            raise PydanticCustomError("unknown_aspect", "no aspect {name}; there are {known}", told)
    return {name: points[name] for name in aspects() if name in points}


# By name of the aspect; kept in the order of the aspects, each text in one line.
Points = Annotated[
    dict[str, Point],
    AfterValidator(_known),
    Field(json_schema_extra={"propertyNames": {"enum": list(aspects())}}),
]
_POINTS: TypeAdapter[dict[str, Point]] = TypeAdapter(Points)
