"""Policy documents: the list, and one with its passages; publish, retire, let a successor end it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial

from nicegui import ui
from starlette.requests import Request

from channels.console.dates import chinese_day, chinese_time
from channels.console.deeds import announce, leave_for
from channels.console.desk import ConsoleDesk
from channels.console.entry_state import status_chips
from channels.console.gate_dialog import attempt_gated
from channels.console.markup import BUTTON_LOOKS
from channels.console.site import Site
from channels.console.use_card import past_answers_address
from channels.console.widgets import Table, chip, empty_state, field, heading, section
from knowledge_base.documents import DocumentView
from knowledge_base.lifecycle import EntryStatus
from knowledge_base.models import Entry, PolicyDocument

TONES = {EntryStatus.DRAFT: "warn", EntryStatus.PUBLISHED: "good", EntryStatus.RETIRED: "neutral"}


def register(site: Site) -> None:
    """Add the pages at ``/knowledge/documents`` and ``/knowledge/documents/{document_id}``."""

    @ui.page("/knowledge/documents")
    async def documents(request: Request) -> None:
        await site.show(request, "政策文件", _draw_list)

    @ui.page("/knowledge/documents/{document_id}")
    async def document(request: Request, document_id: str, done: str = "") -> None:
        async def build(desk: ConsoleDesk) -> None:
            view, passages = await asyncio.to_thread(desk.imports.document, document_id)
            await _DocumentPage(desk, view).draw(passages)
            announce(done, f"/knowledge/documents/{document_id}")

        await site.show(request, "政策文件", build)


async def _draw_list(desk: ConsoleDesk) -> None:
    views = await asyncio.to_thread(desk.imports.documents)
    with ui.row().classes("wz-bar"):
        heading("政策文件", "导入的政策原文，按条回答市民，答案里注明出处。")
        if desk.principal.may("knowledge.edit"):
            ui.button("导入", icon="upload_file", on_click=lambda: ui.navigate.to("/knowledge/import")).props("outline")
    if not views:
        empty_state("还没有政策文件", "导入 docx、pdf 等文件，就会出现在这里。", icon="description")
        return
    table = Table("政策文件", ["标题", "文号", "施行日期", "失效日期", "状态", "更新时间"])
    for view in views:
        one = view.document
        table.row(
            f"/knowledge/documents/{one.id}",
            one.title,
            one.number or "（没有）",
            chinese_day(one.effective) or "（没有写）",
            chinese_day(one.expires) or "长期有效",
            partial(_chips, view),
            chinese_time(one.updated_at),
        )


def _chips(view: DocumentView) -> None:
    status = EntryStatus(view.document.status)
    with ui.row().classes("wz-actions"):
        chip(status.label, TONES[status])
        if status == EntryStatus.PUBLISHED and (view.waiting or view.document.leaving):
            chip("有修改没发布", "warn")


class _DocumentPage:
    def __init__(self, desk: ConsoleDesk, view: DocumentView) -> None:
        self._desk = desk
        self._view = view
        self._document: PolicyDocument = view.document

    async def draw(self, passages: list[Entry]) -> None:
        one, may = self._document, self._desk.principal.may("knowledge.publish")
        with ui.row().classes("wz-bar"):
            heading(f"《{one.title}》", f"共 {self._view.passages} 条，其中 {self._view.waiting} 条没有发布。")
            if may:
                with ui.row().classes("wz-actions"):
                    self._draw_buttons()
        with section("文件信息", extra=partial(_chips, self._view)):
            field("发布机关", one.issuer)
            field("文号", one.number)
            field("施行日期", chinese_day(one.effective))
            field("失效日期", chinese_day(one.expires) or "长期有效")
            field("来源文件", one.source_name)
            field("最后修改", f"{chinese_time(one.updated_at)} {one.updated_by}")
            if self._desk.principal.may("conversations.read"):
                ui.link("看引用过它的回答", past_answers_address(document=one.id)).classes("wz-link")
        if may and one.status == EntryStatus.PUBLISHED:
            await self._draw_successor()
        self._draw_passages(passages)

    def _draw_buttons(self) -> None:
        document_id = self._document.id
        if self._document.status != EntryStatus.RETIRED:
            self._button("停用", "side", "retired", partial(self._desk.imports.retire_document, document_id))
        if self._view.waiting or self._document.leaving:
            self._button("发布", "main", "published", partial(self._desk.imports.publish_document, document_id))

    def _button(self, label: str, look: str, done: str, deed: Callable[..., PolicyDocument]) -> None:
        button = ui.button(label).props(BUTTON_LOOKS[look])
        button.on_click(partial(self._do, deed, done, button))

    async def _do(self, deed: Callable[..., PolicyDocument], done: str, button: ui.button) -> None:
        def finished(document: PolicyDocument) -> None:
            leave_for(f"/knowledge/documents/{document.id}", done)

        await attempt_gated(deed, finished, button)

    async def _draw_successor(self) -> None:
        views = await asyncio.to_thread(self._desk.imports.documents)
        others = {
            one.document.id: f"《{one.document.title}》{one.document.number}，{chinese_day(one.document.effective)}起施行"
            for one in views
            if one.document.id != self._document.id and one.document.effective
        }
        if not others:
            return
        with section("被新文件接替"):
            ui.label("从新文件施行那天起，这份文件不再回答市民。").classes("wz-muted")
            successor = ui.select(others, label="新文件").props("outlined")
            button = ui.button("由新文件接替").props("outline")
            button.bind_enabled_from(successor, "value", backward=bool)
            button.on_click(
                lambda: self._do(
                    partial(self._desk.imports.supersede_document, self._document.id, successor.value), "saved", button
                )
            )

    def _draw_passages(self, passages: list[Entry]) -> None:
        with section("条文"):
            if not passages:
                empty_state("没有条文", icon="description")
                return
            table = Table("条文", ["标题", "正文", "状态"])
            for entry in passages:
                table.row(f"/knowledge/{entry.id}", entry.title, entry.answer[:120], partial(status_chips, entry))
