"""``wenzheng eval danger``: whether people in danger are heard, and calm people are left in peace."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import typer

from bot.calm_examples import calm_files
from bot.commands.console import fail
from bot.commands.evaluate.report import WORST, cases_table, figures_table, last_line, progress, rounded
from bot.commands.evaluate.rows import TextRow, read_rows
from bot.settings import get_settings
from nlu.danger import Danger, trained

Judged = tuple["DangerRow", Danger]


class DangerRow(TextRow):
    """A text with what is right: ``certain``, ``possible`` or ``none``; ``kind`` groups the figures."""

    label: Literal["certain", "possible", "none"]
    kind: str = ""


def figures(judged: Sequence[Judged]) -> dict[str, float]:
    """Recall over true emergencies, and how often calm people are alarmed; shares, 0–1."""
    emergencies = [danger for row, danger in judged if row.label == "certain"]
    maybe = [danger for row, danger in judged if row.label == "possible"]
    calm = [danger for row, danger in judged if row.label == "none"]
    return {
        "emergencies": len(emergencies),
        "heard": _share(emergencies, "certain", "possible"),
        "heard_for_certain": _share(emergencies, "certain"),
        "possible": len(maybe),
        "possible_heard": _share(maybe, "certain", "possible"),
        "calm": len(calm),
        "false_certain": _share(calm, "certain"),
        "false_possible": _share(calm, "possible"),
    }


def danger(
    file: Annotated[
        Path,
        typer.Option("--in", help='JSON lines {"text","label"}, label certain, possible or none; "kind" may be added.'),
    ],
) -> None:
    """Recall of emergencies, false alarms, per kind, and the worst cases."""
    rows = read_rows(file, DangerRow)
    judge = trained.load(get_settings().models, calm_files())
    if judge is None:
        fail("The danger judge is not trained for the present corpus. Run: wenzheng train")
    progress(f"{len(rows)} texts")
    judged = [(row, judge.judge(row.text)) for row in rows]
    found = figures(judged)
    figures_table("Danger", found)
    kinds = by_kind(judged)
    if kinds:
        cases_table("By kind", ("Kind", "Emergencies", "Heard", "Calm", "Alarmed"), kinds)
    missed = [one for one in judged if one[0].label == "certain" and one[1].level == "none"]
    alarmed = [one for one in judged if one[0].label == "none" and one[1].level != "none"]
    missed.sort(key=lambda one: one[1].some)
    alarmed.sort(key=lambda one: -one[1].certain)
    cases_table("Emergencies not heard", ("Text", "Some danger"), [(one.text, how.some) for one, how in missed[:WORST]])
    cases_table(
        "Calm people alarmed",
        ("Text", "Level", "Certain"),
        [(one.text, how.level, how.certain) for one, how in alarmed[:WORST]],
    )
    last_line(
        {
            "measure": "danger",
            **found,
            "missed": [one.text for one, _ in missed],
            "alarmed": [one.text for one, how in alarmed if how.level == "certain"],
        }
    )


def by_kind(judged: Sequence[Judged]) -> list[tuple[str, int, float, int, float]]:
    """Kind, emergencies and the share heard, calm texts and the share alarmed; nothing where rows name no kind."""
    groups: dict[str, list[Judged]] = defaultdict(list)
    for row, how in judged:
        if row.kind:
            groups[row.kind].append((row, how))
    table = []
    for kind, members in sorted(groups.items()):
        emergencies = [how for row, how in members if row.label == "certain"]
        calm = [how for row, how in members if row.label == "none"]
        heard, alarmed = (_share(some, "certain", "possible") for some in (emergencies, calm))
        table.append((kind, len(emergencies), heard, len(calm), alarmed))
    return table


def _share(judged: Sequence[Danger], *levels: str) -> float:
    return rounded(sum(one.level in levels for one in judged) / len(judged)) if judged else 0.0
