"""An answer drawn as the citizen sees it."""

from __future__ import annotations

from nicegui import ui

from channels.console.answer_preview import AnswerPreview


def draw_answer(preview: AnswerPreview) -> None:
    """The card: answer, facts, what to confirm, sources, and below them the points, the details and the English.

    Everything is text; nothing in it is taken for markup.
    """
    with ui.column().classes("wz-answer"):
        ui.label(preview.title).classes("wz-answer-title")
        ui.label(preview.answer).classes("wz-answer-text")
        for label, items in preview.facts:
            _draw_fact(label, items)
        if preview.confirm:
            ui.label("以当地规定为准：" + "；".join(preview.confirm)).classes("wz-muted")
        if preview.sources:
            day = preview.effective
            since = f"，{day.year}年{day.month}月{day.day}日起施行" if day else ""
            ui.label("依据：" + "；".join(preview.sources) + since).classes("wz-muted")
        if preview.points:
            ui.label("市民只问一个方面时，这样回答：").classes("wz-muted")
        for label, items in preview.points:
            _draw_fact(label, items)
        if preview.details:
            ui.label("市民问到这些情形时，先这样回答：").classes("wz-muted")
        for asked, items in preview.details:
            _draw_fact(asked, items)
        if preview.title_en or preview.summary_en:
            ui.label("市民用英文提问时，还会看到：").classes("wz-muted")
            ui.label(preview.title_en).classes("wz-answer-title").props("lang=en")
            ui.label(preview.summary_en).classes("wz-answer-text").props("lang=en")


def _draw_fact(label: str, items: list[str]) -> None:
    with ui.element("div"):
        ui.label(label).classes("wz-answer-title")
        if len(items) == 1:
            ui.label(items[0]).classes("wz-answer-text")
            return
        with ui.element("ol" if label == "办理步骤" else "ul"):
            for item in items:
                with ui.element("li"):
                    ui.label(item)
