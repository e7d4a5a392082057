"""Aspects that citizens ask for one at a time, and the points of an entry: what it says of each, in words of its own.

The names and their labels are data, in ``aspects.yml``.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from nlu.vocabulary import read_yaml

ASPECTS_FILE = Path(__file__).with_name("aspects.yml")
# Characters of a point: it is one answer, read on a small screen.
SHORTEST_POINT, LONGEST_POINT = 2, 200


@lru_cache(maxsize=1)
def aspects() -> Mapping[str, str]:
    """Labels by name, in the order in which points are shown."""
    labels: dict[str, str] = read_yaml(ASPECTS_FILE)
    return MappingProxyType(labels)


def labelled(points: Mapping[str, str]) -> list[tuple[str, str]]:
    """Label and text of each point, in the order of the aspects.

    >>> labelled({"late": "可以补报", "fee": "免费"})
    [('费用', '免费'), ('逾期', '可以补报')]
    """
    return [(label, points[name]) for name, label in aspects().items() if name in points]


def point_lines(points: Mapping[str, str]) -> list[str]:
    """Points as a person reads and writes them, one a line.

    >>> point_lines({"late": "可以补报", "fee": "免费"})
    ['费用：免费', '逾期：可以补报']
    """
    return [f"{label}：{text}" for label, text in labelled(points)]


def _in_one_line(text: object) -> object:
    return " ".join(text.split()) if isinstance(text, str) else text


def _known(points: dict[str, str]) -> dict[str, str]:
    for name in points:
        if name not in aspects():
            known = ", ".join(aspects())
            told = {"name": name[:40], "known": known}
            raise PydanticCustomError("unknown_aspect", "no aspect {name}; there are {known}", told)
    return {name: points[name] for name in aspects() if name in points}


PointText = Annotated[str, BeforeValidator(_in_one_line), Field(min_length=SHORTEST_POINT, max_length=LONGEST_POINT)]
# By name of the aspect; kept in the order of the aspects, each text in one line.
Points = Annotated[
    dict[str, PointText],
    AfterValidator(_known),
    Field(json_schema_extra={"propertyNames": {"enum": list(aspects())}}),
]
