"""The golden questions of one entry, on its page."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial

from nicegui import ui

from channels.console.deeds import attempt, told
from channels.console.desk import ConsoleDesk
from channels.console.gate_dialog import draw_changes
from channels.console.markup import attributes
from channels.console.widgets import section
from knowledge_base.entry_form import EntryForm
from knowledge_base.golden.models import GoldenQuestion


class GoldenCard:
    """Draws the card at the present place. ``form`` reads what stands in the page's fields; it may raise InvalidEntry."""

    def __init__(self, desk: ConsoleDesk, entry_id: str, form: Callable[[], EntryForm]) -> None:
        self._desk = desk
        self._form = form
        self._entry_id = entry_id
        self._may_edit = desk.principal.may("knowledge.edit")

    async def draw(self) -> None:
        """The whole card."""
        with section("必答问题"):
            ui.label("这些问题必须由这个条目回答。以后谁的改动让它们答不上来，发布会被拦下。").classes("wz-muted")
            self._list = ui.element("div").classes("w-full").props("aria-live=polite")
            if self._may_edit:
                with ui.row().classes("w-full items-center no-wrap"):
                    self._question = ui.input(placeholder="市民会怎么问？").props("outlined dense maxlength=200")
                    self._question.props('aria-label="新的必答问题"').on("keydown.enter", self._add)
                    self._button = ui.button("添加", on_click=self._add).props("outline")
                self._try = ui.button("看看这次修改的影响", icon="fact_check", on_click=self._rehearse).props(
                    "flat dense"
                )
                self._effect = ui.element("div").classes("w-full").props("aria-live=polite")
        await self._refresh()

    async def _refresh(self) -> None:
        questions = await asyncio.to_thread(self._desk.golden.of_entry, self._entry_id)
        self._list.clear()
        with self._list:
            if not questions:
                ui.label("还没有。").classes("wz-muted")
            for one in questions:
                self._draw_question(one)

    def _draw_question(self, one: GoldenQuestion) -> None:
        with ui.row().classes("w-full items-center no-wrap"):
            ui.label(one.question).classes("wz-grow")
            if self._may_edit:
                remove = ui.button(icon="close").props("flat round dense")
                attributes(remove, aria_label=f"移除：{one.question}")
                remove.on_click(partial(self._remove, one, remove))

    async def _add(self) -> None:
        text = (self._question.value or "").strip()
        if not text:
            self._question.run_method("focus")
            return
        added = await attempt(partial(self._desk.golden.add, self._entry_id, [text]), button=self._button)
        if added is not None:
            told("已加为必答问题" if added.new else "这个问题已经是必答问题")
            self._question.value = ""
            await self._refresh()

    async def _remove(self, one: GoldenQuestion, button: ui.button) -> None:
        await attempt(partial(self._desk.golden.remove, one.id), button=button)
        await self._refresh()

    async def _rehearse(self) -> None:
        report = await attempt(lambda: self._desk.golden.rehearse(self._entry_id, self._form()), button=self._try)
        if report is None:
            return
        self._effect.clear()
        with self._effect:
            if report.better or report.worse:
                draw_changes(report)
            else:
                total = f"{report.total} 个必答问题都不受影响。" if report.total else "知识库里还没有必答问题。"
                ui.label(total).classes("wz-muted")
