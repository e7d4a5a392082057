"""The history of one entry: who did what and when, what differs between two versions, and bringing one back."""

from __future__ import annotations

import asyncio
from functools import partial

from nicegui import ui
from starlette.requests import Request

from channels.console.dates import chinese_time
from channels.console.deeds import attempt, leave_for, replace_address
from channels.console.desk import ConsoleDesk
from channels.console.diff_view import draw_diff
from channels.console.entry_actions import confirm
from channels.console.entry_fields import KINDS
from channels.console.entry_state import TONES, status_chips
from channels.console.markup import attributes
from channels.console.site import Site
from channels.console.widgets import chip, heading, section
from knowledge_base.lifecycle import EntryStatus, deed_label
from knowledge_base.models import Entry, EntryRevision
from knowledge_base.seed import AUTHOR

PAGE = 30


def register(site: Site) -> None:
    """Add the page at ``/knowledge/{entry_id}/history``."""

    @ui.page("/knowledge/{entry_id}/history")
    async def history(request: Request, entry_id: str, old: str = "", new: str = "") -> None:
        async def build(desk: ConsoleDesk) -> None:
            entry = await asyncio.to_thread(desk.entry, entry_id)
            revisions = await asyncio.to_thread(desk.history, entry_id)
            await _History(desk, entry, revisions, _number(old), _number(new)).draw()

        await site.show(request, "条目的历史", build)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


class _History:
    def __init__(self, desk: ConsoleDesk, entry: Entry, revisions: list[EntryRevision], old: int, new: int) -> None:
        self._desk = desk
        self._entry = entry
        self._revisions = revisions
        versions = [one.version for one in revisions]
        self._new = new if new in versions else versions[0]
        earlier = [version for version in versions if version < self._new] or [self._new]
        self._old = old if old in versions else earlier[0]
        self._shown = PAGE

    async def draw(self) -> None:
        """The whole page."""
        address = f"/knowledge/{self._entry.id}"
        with ui.row().classes("wz-bar"):
            heading(f"{self._entry.title}：历史", f"编号 {self._entry.id} · 现在是版本 {self._entry.version}")
            with ui.row().classes("wz-actions"):
                status_chips(self._entry)
                ui.button("回到条目", icon="arrow_back", on_click=partial(ui.navigate.to, address)).props("outline")
        with ui.element("div").classes("wz-grid"):
            with ui.element("div").classes("wz-stack"):
                self._draw_choice()
                self._difference = ui.element("div").classes("wz-stack").props("aria-live=polite")
            with ui.element("div").classes("wz-stack"):
                self._list = ui.element("div").classes("w-full")
                self._draw_list()
        await self._compare()

    def _draw_choice(self) -> None:
        versions = {one.version: f"版本 {one.version} · {deed_label(one.deed)}" for one in self._revisions}
        with section("比较两个版本"), ui.element("div").classes("wz-pair"):
            self._from = ui.select(versions, value=self._old, label="从").props("outlined dense")
            self._to = ui.select(versions, value=self._new, label="到").props("outlined dense")
            for select in (self._from, self._to):
                select.on_value_change(self._compare)

    async def _compare(self) -> None:
        old, new = self._from.value, self._to.value
        replace_address(f"/knowledge/{self._entry.id}/history?old={old}&new={new}")
        found = await attempt(partial(self._desk.diff, self._entry.id, old, new))
        if found is not None and (old, new) == (self._from.value, self._to.value):
            self._difference.clear()
            with self._difference:
                draw_diff(found, {**self._desk.topics, **KINDS})

    def _draw_list(self) -> None:
        self._list.clear()
        with self._list, section("谁做了什么"):
            for revision in self._revisions[: self._shown]:
                self._draw_revision(revision)
            if len(self._revisions) > self._shown:
                ui.button("更早的", icon="expand_more", on_click=self._show_all).props("flat")

    def _show_all(self) -> None:
        self._shown = len(self._revisions)
        self._draw_list()

    def _draw_revision(self, revision: EntryRevision) -> None:
        status = EntryStatus(revision.status)
        author = "初始内容" if revision.author == AUTHOR else revision.author
        with ui.element("div").classes("wz-hit"):
            with ui.element("div").classes("wz-hit-line"):
                ui.label(f"版本 {revision.version} · {deed_label(revision.deed)}").classes("font-bold")
                chip(status.label, TONES[status])
            ui.label(f"{author} · {chinese_time(revision.at)}").classes("wz-muted")
            if revision.comment:
                ui.label(revision.comment)
            if self._desk.principal.may("knowledge.edit") and revision.version != self._entry.version:
                button = ui.button("恢复这个版本", icon="restore", on_click=partial(self._ask, revision.version))
                attributes(button.props("flat dense").classes("self-start"), aria_label=f"恢复版本 {revision.version}")

    def _ask(self, version: int) -> None:
        live = self._entry.status == EntryStatus.PUBLISHED
        after = "它会成为等待发布的修改，市民看到的内容暂时不变。" if live else "它会成为草稿。"
        confirm(f"恢复版本 {version}？", f"{after}历史不会丢失。", "恢复", partial(self._restore, version))

    async def _restore(self, version: int, button: ui.button) -> None:
        deed = partial(self._desk.restore, self._entry.id, version, expected_version=self._entry.version)
        if await attempt(deed, button=button) is not None:
            leave_for(f"/knowledge/{self._entry.id}", "restored")
