"""The acts that competed for a message: how probable each was, what it was expected to cost, and which one won."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nicegui import ui

from channels.console.acts import act_label
from channels.console.widgets import chip

COLUMNS = ("做法", "可能性", "预计代价")
CHEAPEST = "预计代价最小的做法胜出：代价是做错时的麻烦，按可能性折算。"


def draw_candidates(candidates: Sequence[Mapping[str, Any]], door: str = "") -> None:
    """A small table of them, cheapest first as they are kept with a turn; the first won.

    ``door``: in words, whose business it is, where a refusal won.
    """
    with ui.element("table").classes("wz-acts"):
        with ui.element("caption"):
            ui.label("比较过的做法")
        with ui.element("thead"), ui.element("tr"):
            for column in COLUMNS:
                with ui.element("th").props("scope=col"):
                    ui.label(column)
        with ui.element("tbody"):
            for place, one in enumerate(candidates):
                _draw_row(one, won=place == 0, door="" if place else door)
    ui.label(CHEAPEST).classes("wz-muted")


def _draw_row(candidate: Mapping[str, Any], *, won: bool, door: str) -> None:
    name = act_label(candidate["act"])
    with ui.element("tr").classes("wz-act-won" if won else ""):
        with ui.element("td"), ui.row().classes("wz-chips"):
            ui.label(f"{name}（{door}）" if door else name)
            if won:
                chip("胜出", "info")
        with ui.element("td"):
            ui.label(f"{candidate['probability']:.1%}")
        with ui.element("td"):
            ui.label(f"{candidate['cost']:.2f}")
