"""Search hits with their probability, as words, number and bar."""

from __future__ import annotations

from collections.abc import Callable

from nicegui import ui

from knowledge_base.results import Band

BANDS: dict[Band, tuple[str, str]] = {
    "answer": ("会直接回答", "good"),
    "clarify": ("会让市民从几个选项里选", "warn"),
    "unknown": ("会说没有找到答案", "bad"),
}


def draw_hit(
    entry_id: str,
    title: str,
    probability: float,
    note: str = "",
    *,
    action: Callable[[], object] | None = None,
    details: Callable[[], object] | None = None,
) -> None:
    """One hit: title, percent and bar; ``action`` draws a button under it, ``details`` whatever else there is to say."""
    percent = f"{probability:.0%}"
    with ui.element("div").classes("wz-hit"):
        with ui.element("div").classes("wz-hit-line wz-hit-head"):
            ui.link(title, f"/knowledge/{entry_id}").classes("wz-link")
            ui.label(percent).classes("wz-number")
        with ui.element("div").classes("wz-bar-track").props("aria-hidden=true"):
            bar = ui.element("div").classes("wz-bar-fill")
            bar.style["width"] = f"{min(max(probability, 0), 1):.0%}"
        if note or action is not None:
            with ui.element("div").classes("wz-hit-line"):
                ui.label(note).classes("wz-muted")
                if action is not None:
                    action()
        if details is not None:
            details()
