"""One entry: edit, preview, test, save, review, publish, retire; and the beginning of a new one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
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
from channels.console.entry_actions import EntryActions
from channels.console.entry_fields import EntryFields, read_form
from channels.console.entry_hints import EntryHints
from channels.console.entry_state import draw_notice, status_chips
from channels.console.gate_dialog import attempt_gated
from channels.console.golden_card import GoldenCard
from channels.console.hit_test import HitTest
from channels.console.site import Site
from channels.console.unsaved import UnsavedGuard
from channels.console.use_card import draw_use
from channels.console.widgets import heading, section
from knowledge_base.entry_form import EntryForm
from knowledge_base.lifecycle import EntryStatus, InvalidEntry
from knowledge_base.models import Entry, EntryRevision
from knowledge_base.phrases import PASSAGE
from knowledge_base.review import stage
from knowledge_base.seed import AUTHOR

PREVIEW_SECONDS = 0.8
MAX_RELATED_CHOICES = 500


def register(site: Site) -> None:
    """Add the pages at ``/knowledge/new`` and ``/knowledge/{entry_id}``."""

    @ui.page("/knowledge/new")
    async def new_entry(request: Request, unresolved: str = "", turn: str = "") -> None:
        async def build(desk: ConsoleDesk) -> None:
            await _open_new(desk, int(unresolved) if unresolved.isascii() and unresolved.isdigit() else None, turn)

        await site.show(request, "新建条目", build)

    @ui.page("/knowledge/{entry_id}")
    async def entry(request: Request, entry_id: str, done: str = "") -> None:
        async def build(desk: ConsoleDesk) -> None:
            row = await asyncio.to_thread(desk.entry, entry_id)
            history = await asyncio.to_thread(desk.history, entry_id)
            await EntryPage(desk, row, fields_of(row), history=history).draw()
            announce(done, f"/knowledge/{entry_id}")

        await site.show(request, "知识条目", build)


async def _open_new(desk: ConsoleDesk, unresolved_id: int | None, turn_id: str) -> None:
    if not desk.principal.may("knowledge.edit"):
        raise PermissionDenied("您的账号不能新建条目，请联系系统管理员")
    values: dict[str, Any] = {}
    if unresolved_id is not None:
        values = await asyncio.to_thread(desk.answer_draft, unresolved_id)
    elif turn_id:
        values = await asyncio.to_thread(desk.transcripts.draft, turn_id)
    values |= {"owner": desk.principal.username}
    await EntryPage(desk, None, values, unresolved_id, turn_id=turn_id).draw()


class EntryPage:
    """The page of one entry; ``entry`` is None until a new one is saved for the first time."""

    def __init__(
        self,
        desk: ConsoleDesk,
        entry: Entry | None,
        values: dict[str, Any],
        unresolved_id: int | None = None,
        history: Sequence[EntryRevision] = (),
        turn_id: str = "",
    ) -> None:
        self._desk = desk
        self._entry = entry
        self._values = values
        self._unresolved_id = unresolved_id
        self._turn_id = turn_id
        self._history = history
        self._stale = False

    async def draw(self) -> None:
        """The whole page."""
        page = await asyncio.to_thread(partial(self._desk.entries, limit=MAX_RELATED_CHOICES))
        related = {entry.id: entry.title for entry in page.entries if entry is not self._entry}
        self._draw_head()
        if self._entry is not None:
            draw_notice(self._entry, self._history)
        with ui.element("div").classes("wz-grid"):
            with ui.element("div").classes("wz-stack"):
                self._guard = UnsavedGuard()
                self._fields = EntryFields(self._values, self._desk.topics, related, self._changed)
                self._hints: EntryHints | None = None
                if not self._desk.principal.may("knowledge.edit"):
                    self._fields.lock()
                elif self._values.get("kind") != PASSAGE:
                    self._hints = EntryHints(self._desk, self._fields, self._entry.id if self._entry else "")
            with ui.element("div").classes("wz-stack wz-sticky"):
                HitTest(self._desk, self._entry.id if self._entry else "")
                if self._entry is not None:
                    await GoldenCard(self._desk, self._entry.id, self._form).draw()
                    await draw_use(self._desk, self._entry.id)
                with section("市民看到的答案" if self._is_live() else "发布后市民看到的答案"):
                    self._preview = ui.element("div").classes("w-full")
        await self._draw_preview()
        if self._hints is not None:
            ui.timer(0, self._hints.refresh, once=True)
        ui.timer(PREVIEW_SECONDS, self._refresh_preview)

    def _draw_head(self) -> None:
        entry = self._entry
        with ui.row().classes("wz-bar wz-bar-sticky"):
            heading(entry.title if entry else "新建条目", self._note())
            with ui.row().classes("wz-actions"):
                if entry:
                    status_chips(entry)
                EntryActions(self._desk, entry, save=self._save_clicked, publish=self._publish_clicked)

    def _is_live(self) -> bool:
        return self._entry is not None and stage(self._entry) == EntryStatus.PUBLISHED

    def _note(self) -> str:
        entry = self._entry
        if entry is None and self._turn_id:
            return "来自市民问过的一句话，写好答案再发布。"
        if entry is None:
            return (
                "来自一个未解决的问题，发布后那个问题自动关闭。"
                if self._unresolved_id is not None
                else "先存草稿，确认后再发布。"
            )
        by = "，初始内容" if entry.updated_by == AUTHOR else f"，{entry.updated_by}"
        return f"编号 {entry.id} · 版本 {entry.version} · {chinese_time(entry.updated_at)}更新{by}。"

    # Preview --------------------------------------------------------------

    def _changed(self) -> None:
        self._stale = True
        self._guard.touched()

    async def _refresh_preview(self) -> None:
        if self._stale:
            self._stale = False
            await self._draw_preview()
            if self._hints is not None:
                await self._hints.refresh()

    def _form(self) -> EntryForm:
        return read_form(self._fields.values())

    async def _draw_preview(self) -> None:
        try:
            form = self._form()
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

    def _save(self, fields: dict[str, Any], *, publish: bool = False, sign_off: str = "") -> Entry:
        form = read_form(fields)
        if self._entry is None and self._turn_id:
            return self._desk.transcripts.create_from(self._turn_id, form)
        if self._entry is None:
            return self._desk.create_entry(form, unresolved_id=self._unresolved_id)
        version = self._entry.version
        return self._desk.save_entry(self._entry.id, form, expected_version=version, publish=publish, sign_off=sign_off)

    async def _agreed(self) -> bool:
        return self._hints is None or await self._hints.agreed()

    async def _save_clicked(self, button: ui.button) -> None:
        if not await self._agreed():
            return
        entry = await attempt(partial(self._save, self._fields.values()), button=button)
        if entry is not None:
            leave_for(f"/knowledge/{entry.id}", "saved")

    async def _publish_clicked(self, button: ui.button) -> None:
        if not await self._agreed():
            return
        if self._entry is None:
            self._entry = await attempt(partial(self._save, self._fields.values()), button=button)
            self._guard.saved()
        if self._entry is None:
            return
        deed: Callable[..., Entry]
        if self._guard.dirty or self._is_live():
            deed = partial(self._save, self._fields.values(), publish=True)
        else:
            deed = partial(self._desk.publish, self._entry.id, expected_version=self._entry.version)

        def published(entry: Entry) -> None:
            leave_for(f"/knowledge/{entry.id}", "published")

        await attempt_gated(deed, published, button)
