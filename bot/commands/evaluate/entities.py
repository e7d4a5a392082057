"""``wenzheng eval entities``: whether entities and the parts of addresses are found where they stand."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.evaluate.report import WORST, cases_table, figures_table, last_line, progress
from bot.commands.evaluate.rows import SpanRow, TaggedRow, parse_row, read_lines, wrong_input
from nlu.evaluation.metrics import Found, span_f1

# The tags of address corpora, and the parser's names for the same, in groups that are measured.
GROUPS = {
    "prov": "division",
    "city": "division",
    "district": "division",
    "town": "town",
    "road": "road",
    "roadno": "number",
}

# Tags are one a character; where they are fewer, digits and letters that stand together have one tag.
COUNTINGS = tuple(
    re.compile(pattern, re.DOTALL) for pattern in (".", r"\d+|[A-Za-z]+|.", r"\d+|.", r"\d+(?:-+\d+)*|[A-Za-z]+|.")
)


@dataclass(frozen=True)
class Compared:
    """One text with the right and the given spans."""

    text: str
    right: tuple[Found, ...]
    given: tuple[Found, ...]

    @property
    def errors(self) -> int:
        """Spans that are missing or too many."""
        hits = len(set(self.right) & set(self.given))
        return len(set(self.right)) + len(set(self.given)) - 2 * hits


def tagged_spans(tags: Sequence[str], places: Sequence[tuple[int, int]]) -> list[tuple[str, int, int]]:
    """Kind, start and end of the spans that BIO tags mark; an I- without its B- begins a span of its own.

    >>> tagged_spans(["B-city", "I-city", "O", "B-road"], [(0, 1), (1, 2), (2, 3), (3, 6)])
    [('city', 0, 2), ('road', 3, 6)]
    """
    spans: list[tuple[str, int, int]] = []
    for tag, (start, end) in zip(tags, places, strict=True):
        mark, _, kind = tag.partition("-")
        if mark not in {"B", "I"} or not kind:
            continue
        if mark == "I" and spans and spans[-1][0] == kind and spans[-1][2] == start:
            spans[-1] = (kind, spans[-1][1], end)
        else:
            spans.append((kind, start, end))
    return spans


def tagged_places(text: str, count: int) -> list[tuple[int, int]] | None:
    """Where each of ``count`` tags stands, by the first way of counting that gives as many; None: by none."""
    for counting in COUNTINGS:
        places = [found.span() for found in counting.finditer(text)]
        if len(places) == count:
            return places
    return None


def compare_tagged(row: TaggedRow) -> Compared | None:
    """Parts of an address by their exact places: divisions, town, road and number; None where the tags do not fit."""
    from nlu.entities.address import parse_address

    places = tagged_places(row.chars, len(row.tags))
    if places is None:
        return None
    right = [(GROUPS[kind], start, end) for kind, start, end in tagged_spans(row.tags, places) if kind in GROUPS]
    parts = parse_address(row.chars).parts
    given = [(GROUPS[part.kind], part.start, part.end) for part in parts if part.kind in GROUPS]
    return Compared(row.chars, tuple(right), tuple(given))


def compare_spans(row: SpanRow) -> Compared:
    """Entities and personal data by kind and exact text; what both recognisers find counts once."""
    from nlu.entities.find import find_entities
    from nlu.privacy import find_personal_data

    found = {(span.start, span.end, span.kind, span.text) for span in find_entities(row.text)}
    found |= {(span.start, span.end, span.kind, span.text) for span in find_personal_data(row.text)}
    return Compared(row.text, tuple(row.spans), tuple((kind, text) for _, _, kind, text in sorted(found)))


def only_marked(compared: Sequence[Compared]) -> list[Compared]:
    """Without the given spans of kinds that are marked nowhere: the file is not about them."""
    kinds = {span[0] for one in compared for span in one.right}
    return [Compared(one.text, one.right, tuple(span for span in one.given if span[0] in kinds)) for one in compared]


def compare_file(path: Path) -> tuple[list[Compared], int]:
    """All texts of a file, and how many were left out because their tags do not fit; wrong rows end the command."""
    lines = read_lines(path)
    progress(f"{len(lines)} texts")
    compared: list[Compared] = []
    for place, line in lines:
        if '"tags"' in line and '"spans"' not in line:
            row = parse_row(place, line, TaggedRow)
            one = compare_tagged(row)
            if one is None:
                progress(f"{path}, line {place.number}: left out, {len(row.tags)} tags do not fit the text")
                continue
        else:
            one = compare_spans(parse_row(place, line, SpanRow))
        compared.append(one)
    if not compared:
        wrong_input(f"{path}: the tags of no row fit its text")
    return only_marked(compared), len(lines) - len(compared)


def figures(compared: Sequence[Compared]) -> dict[str, dict[str, float]]:
    """Precision, recall and F1 by kind, and of ``all``."""
    scores = span_f1([one.right for one in compared], [one.given for one in compared])
    return {kind: score.figures() for kind, score in scores.items()}


def entities(
    file: Annotated[
        Path, typer.Option(help='JSON lines {"text","spans":[[kind, text]…]}, or {"chars","tags"} of addresses (BIO).')
    ],
) -> None:
    """Precision, recall and F1 of each kind of entity that the file marks, by exact span, and the worst texts."""
    compared, left_out = compare_file(file)
    found = figures(compared)
    cases = sorted((one for one in compared if one.errors), key=lambda one: -one.errors)[:WORST]
    figures_table(f"Entities in {len(compared)} texts", found)
    cases_table(
        "Worst texts",
        ("Text", "Right", "Given"),
        ((one.text, _told(one.text, one.right), _told(one.text, one.given)) for one in cases),
    )
    shown = [{"text": one.text, "right": list(one.right), "given": list(one.given)} for one in cases]
    last_line({"measure": "entities", "texts": len(compared), "left_out": left_out, "kinds": found, "worst": shown})


def _told(text: str, spans: Sequence[Found]) -> str:
    """Spans in words; places are shown as what stands there."""
    told = []
    for span in spans:
        match span:
            case (kind, int(start), int(end)):
                told.append(f"{kind}:{text[start:end]}")
            case (kind, what):
                told.append(f"{kind}:{what}")
    return " ".join(told)
