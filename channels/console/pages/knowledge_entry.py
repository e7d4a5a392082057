"""One entry: edit, preview, test, save, publish, retire; and the beginning of a new one."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

from nicegui import ui
from starlette.requests import Request

from bot.security.errors import PermissionDenied, SecurityError
from channels.console.answer_card import draw_answer
from channels.console.dates import chinese_time
from channels.console.deeds import announce, attempt, leave_for
from channels.console.desk import ConsoleDesk
from channels.console.drafts import fields_of
from channels.console.entry_fields import EntryFields
from channels.console.hit_test import HitTest
from channels.console.pages.knowledge_list import status_chip
from channels.console.site import Site
from channels.console.unsaved import UnsavedGuard
from channels.console.widgets import heading, section
from knowledge_base.lifecycle import EntryStatus, InvalidEntry
from knowledge_base.models import Entry
from knowledge_base.seed import AUTHOR
from knowledge_base.service import EntryForm

PREVIEW_SECONDS = 0.8
MAX_RELATED_CHOICES = 500
PUBLISHED_NOTE = "这条已发布：保存后，市民问到的答案立刻改变。"


def register(site: Site) -> None:
    """Add the pages at ``/knowledge/new`` and ``/knowledge/{entry_id}``."""

    @ui.page("/knowledge/new")
    async def new_entry(request: Request, unresolved: str = "") -> None:
        async def build(desk: ConsoleDesk) -> None:
            await _open_new(desk, int(unresolved) if unresolved.isascii() and unresolved.isdigit() else None)

        await site.show(request, "新建条目", build)

    @ui.page("/knowledge/{entry_id}")
    async def entry(request: Request, entry_id: str, done: str = "") -> None:
        async def build(desk: ConsoleDesk) -> None:
            row = await asyncio.to_thread(desk.entry, entry_id)
            await EntryPage(desk, row, fields_of(row)).draw()
            announce(done, f"/knowledge/{entry_id}")

        await site.show(request, "知识条目", build)


async def _open_new(desk: ConsoleDesk, unresolved_id: int | None) -> None:
    if not desk.principal.may("knowledge.edit"):
        raise PermissionDenied("您的账号不能新建条目，请联系系统管理员")
    values: dict[str, Any] = {}
    if unresolved_id is not None:
        values = await asyncio.to_thread(desk.answer_draft, unresolved_id)
    await EntryPage(desk, None, values, unresolved_id).draw()


class EntryPage:
    """The page of one entry; ``entry`` is None until a new one is saved for the first time."""

    def __init__(
        self, desk: ConsoleDesk, entry: Entry | None, values: dict[str, Any], unresolved_id: int | None = None
    ) -> None:
        self._desk = desk
        self._entry = entry
        self._values = values
        self._unresolved_id = unresolved_id
        self._stale = False
        may, live = desk.principal.may, entry is not None and entry.status == EntryStatus.PUBLISHED
        self._may_edit = may("knowledge.edit") and (may("knowledge.publish") or not live)
        self._may_publish = may("knowledge.publish")

    async def draw(self) -> None:
        """The whole page."""
        page = await asyncio.to_thread(partial(self._desk.entries, limit=MAX_RELATED_CHOICES))
        related = {entry.id: entry.title for entry in page.entries if entry is not self._entry}
        self._draw_head()
        with ui.element("div").classes("wz-grid"):
            with ui.element("div").classes("wz-stack"):
                self._guard = UnsavedGuard()
                self._fields = EntryFields(self._values, self._desk.topics, related, self._changed)
                if not self._may_edit:
                    self._fields.lock()
            with ui.element("div").classes("wz-stack wz-sticky"):
                HitTest(self._desk, self._entry.id if self._entry else "")
                with section("市民看到的答案"):
                    self._preview = ui.element("div").classes("w-full")
        await self._draw_preview()
        ui.timer(PREVIEW_SECONDS, self._refresh_preview)

    def _draw_head(self) -> None:
        entry = self._entry
        with ui.row().classes("wz-bar wz-bar-sticky"):
            heading(entry.title if entry else "新建条目", self._note())
            with ui.row().classes("wz-actions"):
                if entry:
                    status_chip(entry.status)
                if self._may_edit:
                    save = ui.button("保存" if entry else "保存草稿", icon="save")
                    save.props("outline").on_click(lambda: self._save_clicked(save))
                if self._may_publish and (entry is None or entry.status != EntryStatus.PUBLISHED):
                    publish = ui.button("发布", icon="publish").props("unelevated")
                    publish.on_click(lambda: self._publish_clicked(publish))
                if self._may_publish and entry is not None and entry.status != EntryStatus.RETIRED:
                    ui.button("停用", icon="block", on_click=self._confirm_retire).props("flat color=negative")

    def _note(self) -> str:
        entry = self._entry
        if entry is None:
            return (
                "来自一个未解决的问题，发布后那个问题自动关闭。"
                if self._unresolved_id is not None
                else "先存草稿，确认后再发布。"
            )
        by = "，初始内容" if entry.updated_by == AUTHOR else f"，{entry.updated_by}"
        live = PUBLISHED_NOTE if entry.status == EntryStatus.PUBLISHED and self._may_edit else ""
        return f"编号 {entry.id} · 版本 {entry.version} · {chinese_time(entry.updated_at)}更新{by}。{live}"

    # Preview --------------------------------------------------------------

    def _changed(self) -> None:
        self._stale = True
        self._guard.touched()

    async def _refresh_preview(self) -> None:
        if self._stale:
            self._stale = False
            await self._draw_preview()

    async def _draw_preview(self) -> None:
        try:
            form = EntryForm.parse(self._fields.values())
            preview = await asyncio.to_thread(self._desk.preview, form)
        except InvalidEntry as error:
            preview, problem = None, f"{error}。填好后这里会显示答案。"
        except SecurityError as error:
            preview, problem = None, str(error)
        self._preview.clear()
        with self._preview:
            if preview is not None:
                draw_answer(preview)
            else:
                ui.label(problem).classes("wz-muted")

    # Deeds ----------------------------------------------------------------

    def _save(self, fields: dict[str, Any]) -> Entry:
        form = EntryForm.parse(fields)
        if self._entry is None:
            return self._desk.create_entry(form, unresolved_id=self._unresolved_id)
        return self._desk.save_entry(self._entry.id, form, expected_version=self._entry.version)

    async def _save_clicked(self, button: ui.button) -> None:
        entry = await attempt(partial(self._save, self._fields.values()), button=button)
        if entry is not None:
            leave_for(f"/knowledge/{entry.id}", "saved")

    async def _publish_clicked(self, button: ui.button) -> None:
        if self._guard.dirty or self._entry is None:
            entry = await attempt(partial(self._save, self._fields.values()), button=button)
            if entry is None:
                return
            self._entry = entry
            self._guard.saved()
        entry = await attempt(partial(self._desk.publish, self._entry.id), button=button)
        if entry is not None:
            leave_for(f"/knowledge/{entry.id}", "published")

    def _confirm_retire(self) -> None:
        entry = self._entry
        if entry is None:
            return
        with ui.dialog(value=True) as dialog, ui.card().classes("wz-dialog"):
            ui.label(f"停用“{entry.title}”？").classes("text-h6")
            ui.label("停用后，市民问到这件事时助手不再给出这个答案。以后可以重新发布。")
            with ui.row().classes("w-full justify-end"):
                ui.button("取消", on_click=dialog.close).props("flat autofocus")
                sure = ui.button("停用").props("unelevated color=negative")
                sure.on_click(lambda: self._retire_clicked(entry, sure, dialog))

    async def _retire_clicked(self, entry: Entry, button: ui.button, dialog: ui.dialog) -> None:
        retired = await attempt(partial(self._desk.retire, entry.id), button=button)
        dialog.close()
        if retired is not None:
            leave_for(f"/knowledge/{entry.id}", "retired")
