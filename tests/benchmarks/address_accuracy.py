"""How well addresses are taken apart, by exact spans of divisions, towns, roads and road numbers.

``python -m tests.benchmarks.address_accuracy FILE``: rows of ``{"chars": text, "tags": [BIO tag, …]}``. Some files count a
run of digits or letters as one token: tags are laid on the text by whichever way of counting gives as many as there are
tags. Rows where none does are left out and counted.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nlu.entities.address import parse_address

GROUPS = {
    "prov": "division", "city": "division", "district": "division",
    "town": "town", "road": "road", "roadno": "number",
}  # fmt: skip
# Ways of counting, in the order in which they are tried.
_TOKENS = tuple(
    re.compile(pattern, re.DOTALL)
    for pattern in (
        r".", r"\d+|[A-Za-z]+|.", r"\d+|.", r"\d+(?:-+\d+)*|[A-Za-z]+|.", r"[A-Za-z0-9]+|.", r"[A-Za-z0-9-]+|.",
        r"\d+|[A-Za-z]+|-+|.",
    )
)  # fmt: skip
# Such files call a villagers' group (村民小组: 五组) a road.
_OURS = {**GROUPS, "group": "road"}
Found = tuple[int, int, str]


@dataclass(frozen=True)
class Row:
    """An address and its true spans ``(start, end, group)``."""

    text: str
    spans: frozenset[Found]


def _laid(text: str, tags: list[str]) -> frozenset[Found] | None:
    for tokens in _TOKENS:
        places = [m.span() for m in tokens.finditer(text)]
        if len(places) == len(tags):
            return frozenset(_spans(places, tags))
    return None


def _spans(places: list[tuple[int, int]], tags: list[str]) -> Iterator[Found]:
    at = 0
    while at < len(tags):
        kind, end = tags[at][2:], at + 1
        while end < len(tags) and tags[end] == f"I-{kind}":
            end += 1
        if tags[at] != "O" and kind in GROUPS:
            yield places[at][0], places[end - 1][1], GROUPS[kind]
        at = end


def read_rows(path: Path) -> tuple[list[Row], int]:
    """The rows whose tags can be laid on their text, and how many cannot."""
    rows, left_out = [], 0
    for line in path.read_text(encoding="utf-8").splitlines():
        data = json.loads(line)
        text = "".join(data["chars"])
        spans = _laid(text, data["tags"])
        if spans is None:
            left_out += 1
        else:
            rows.append(Row(text, spans))
    return rows, left_out


def predicted(text: str) -> frozenset[Found]:
    """What the parser finds, in the same groups."""
    return frozenset((p.start, p.end, _OURS[p.kind]) for p in parse_address(text).parts if p.kind in _OURS)


def score(rows: list[Row]) -> dict[str, dict[str, float]]:
    """Precision, recall, F1 and number of true spans for each group and for all together (``all``)."""
    true, found, right = Counter[str](), Counter[str](), Counter[str]()
    for row in rows:
        guess = predicted(row.text)
        for spans, counter in ((row.spans, true), (guess, found), (row.spans & guess, right)):
            counter.update(group for _, _, group in spans)
            counter["all"] += len(spans)
    result = {}
    for group in ("division", "town", "road", "number", "all"):
        precision, recall = right[group] / max(found[group], 1), right[group] / max(true[group], 1)
        f1 = 2 * precision * recall / max(precision + recall, 1e-9)
        result[group] = {"precision": precision, "recall": recall, "f1": f1, "spans": true[group]}
    return result


def measure(path: Path) -> dict[str, Any]:
    """Scores by group, rows measured and rows left out."""
    rows, left_out = read_rows(path)
    return {"rows": len(rows), "left_out": left_out, "groups": score(rows)}


def main() -> None:
    """Print the table."""
    result = measure(Path(sys.argv[1]))
    print(f"rows {result['rows']}, left out {result['left_out']}")
    for group, values in result["groups"].items():
        print(f"{group:10}" + "".join(f"{name} {value:7.3f}  " for name, value in values.items()))


if __name__ == "__main__":
    main()
