"""What is said beside the fields of an entry while it is written: data standards with the fix, and who says the same."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from functools import partial

from nicegui import ui

from bot.security.errors import SecurityError
from channels.console.deeds import attempt
from channels.console.desk import ConsoleDesk
from channels.console.entry_fields import EntryFields
from knowledge_base.lifecycle import EntryStatus, KnowledgeError
from knowledge_base.near_duplicates import Duplicate, repeated
from knowledge_base.standards.checks import Finding, fixed

PHRASINGS = ("title", "question", "similar")


class EntryHints:
    """Keeps the hints of ``fields`` in step with what is typed. ``entry_id``: the entry itself, which is no duplicate."""

    def __init__(self, desk: ConsoleDesk, fields: EntryFields, entry_id: str) -> None:
        self._desk = desk
        self._fields = fields
        self._entry_id = entry_id
        self._findings: list[Finding] = []
        self._duplicates: list[Duplicate] = []
        self._texts: list[str] = []

    async def refresh(self) -> None:
        """Look again; only what changed is drawn anew."""
        values = self._fields.values()
        try:
            findings = await asyncio.to_thread(self._desk.standards, values)
            texts = self._phrasings()
            duplicates = self._duplicates
            if texts != self._texts:
                duplicates = await asyncio.to_thread(self._desk.duplicates, texts, self._entry_id)
        except (KnowledgeError, SecurityError):
            return
        if (findings, duplicates, texts) != (self._findings, self._duplicates, self._texts):
            self._findings, self._duplicates, self._texts = findings, duplicates, texts
            self._draw()

    async def agreed(self) -> bool:
        """Whether to save although another published entry has one of the phrasings: asked only where that is so."""
        look = partial(self._desk.duplicates, self._phrasings(), self._entry_id)
        found = await attempt(look)
        taken = [one for one in found or () if one.exact and one.status == EntryStatus.PUBLISHED]
        return not taken or bool(await _ask(taken))

    def _phrasings(self) -> list[str]:
        values = self._fields.values()
        return [text for text in (values["title"], values["question"], *values["similar"]) if text]

    def _draw(self) -> None:
        by_field: dict[str, list[Finding]] = defaultdict(list)
        for one in self._findings:
            by_field[one.field].append(one)
        for name, place in self._fields.hints.items():
            place.clear()
            with place:
                for one in by_field[name]:
                    self._draw_finding(one)
                if name in PHRASINGS:
                    self._draw_duplicates(name)

    def _draw_finding(self, one: Finding) -> None:
        with ui.element("div").classes("wz-hint"):
            ui.icon("error_outline" if one.severity == "impossible" else "info_outline").props("aria-hidden=true")
            better = f"建议写作“{one.fix}”" if one.fix else ""
            ui.label(f"“{one.found}”{better}：{one.why}").classes("wz-hint-text")
            if one.fix:
                button = ui.button(f"改为“{one.fix}”").props("flat dense no-caps")
                button.on_click(partial(self._fix, one))

    def _fix(self, one: Finding) -> None:
        self._fields.change(one.field, partial(fixed, one))

    def _draw_duplicates(self, name: str) -> None:
        values = self._fields.values()
        texts = values[name] if name == "similar" else [values[name]]
        for one in self._duplicates:
            if one.text in texts:
                _draw_duplicate(one)
        if name == "similar":
            for text in repeated(values["similar"]):
                with ui.element("div").classes("wz-hint"):
                    ui.icon("info_outline").props("aria-hidden=true")
                    ui.label(f"“{text}”写了不止一遍").classes("wz-hint-text")


def _draw_duplicate(one: Duplicate) -> None:
    with ui.element("div").classes("wz-hint"):
        ui.icon("content_copy").props("aria-hidden=true")
        ui.label(one.words).classes("wz-hint-text")
        ui.link("打开看看", f"/knowledge/{one.entry_id}", new_tab=True).classes("wz-link")


async def _ask(taken: Sequence[Duplicate]) -> bool | None:
    with ui.dialog(value=True) as dialog, ui.card().classes("wz-dialog"):
        ui.label("有的说法别的条目已经有了").classes("text-h6")
        for one in taken:
            _draw_duplicate(one)
        ui.label("同一句话归两个条目，市民问到时助手只能让市民自己选。")
        with ui.row().classes("w-full justify-end"):
            ui.button("回去修改", on_click=lambda: dialog.submit(False)).props("flat autofocus")
            ui.button("仍然保存", on_click=lambda: dialog.submit(True)).props("unelevated")
    answer: bool | None = await dialog
    return answer
