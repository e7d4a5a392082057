"""The points of an entry as a curator writes them: a line each, the aspect's label, a colon, the text, its source in 〔〕."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pydantic import ValidationError

from knowledge_base.aspects import LONGEST_POINT, LONGEST_SOURCE, SHORTEST_POINT, Point, aspects, point_lines, points_of
from knowledge_base.lifecycle import InvalidEntry

_COLON = re.compile("[：:]")
# Characters of a wrong line that are told again.
QUOTED = 20


def points_text(points: Mapping[str, object]) -> str:
    """Points, as they are kept, as lines.

    >>> points_text({"fee": "免费", "late": "可以补报"})
    '费用：免费\\n逾期：可以补报'
    """
    return "\n".join(point_lines(points_of(points)))


def read_points(text: str) -> dict[str, Point]:
    """Points by name of the aspect, empty lines dropped; raises InvalidEntry where a line is none, with what may be written.

    >>> [name for name in read_points("费用：免费\\n\\n 逾期: 可以补报")]
    ['fee', 'late']
    """
    names = {label: name for name, label in aspects().items()}
    points: dict[str, Point] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        label, *rest = (part.strip() for part in _COLON.split(line, maxsplit=1))
        if label not in names or not rest:
            raise InvalidEntry(
                f"“{line[:QUOTED]}”开头没有写明方面，请写成“方面：内容”。可以写的方面：{'、'.join(names)}"
            )
        if names[label] in points:
            raise InvalidEntry(f"“{label}”写了不止一行，请合成一行")
        points[names[label]] = _point(label, rest[0])
    return points


def _point(label: str, written: str) -> Point:
    try:
        return Point.model_validate(written)
    except ValidationError as error:
        if any("source" in one["loc"] for one in error.errors()):
            raise InvalidEntry(f"“{label}”后面〔〕里的依据最多写 {LONGEST_SOURCE} 个字") from error
        raise InvalidEntry(
            f"“{label}”要写 {SHORTEST_POINT} 到 {LONGEST_POINT} 个字，现在是 {len(written)} 个字"
        ) from error
