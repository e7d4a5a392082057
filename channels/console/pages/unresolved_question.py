"""One unresolved question: why it failed, and the three ways to settle it."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

from nicegui import ui
from starlette.requests import Request

from channels.console.candidates_view import draw_candidates
from channels.console.dates import chinese_time
from channels.console.deeds import attempt, leave_for
from channels.console.desk import ConsoleDesk
from channels.console.hit_list import draw_hit
from channels.console.intents import intent_label
from channels.console.markup import attributes
from channels.console.pages.unresolved_list import STATUSES
from channels.console.site import Site
from channels.console.widgets import chip, empty_state, field, heading, section
from channels.conversations.unresolved import UnresolvedView
from knowledge_base.lifecycle import EntryStatus, InvalidEntry
from knowledge_base.results import SearchResult

MAX_RANKED = 5


def register(site: Site) -> None:
    """Add the page at ``/unresolved/{item_id}``."""

    @ui.page("/unresolved/{item_id}")
    async def question(request: Request, item_id: str) -> None:
        async def build(desk: ConsoleDesk) -> None:
            if not (item_id.isascii() and item_id.isdigit()):
                raise InvalidEntry("没有找到这个问题，可能是地址写错了")
            await QuestionPage(desk, int(item_id)).draw()

        await site.show(request, "未解决的问题", build)


class QuestionPage:
    """The page of one question."""

    def __init__(self, desk: ConsoleDesk, item_id: int) -> None:
        self._desk = desk
        self._id = item_id
        may = desk.principal.may
        self._may_answer = may("unresolved.answer") and may("knowledge.edit")

    async def draw(self) -> None:
        """The whole page."""
        item, now = await asyncio.to_thread(self._load)
        open_ = item.status == "open"
        with ui.row().classes("wz-bar"):
            asked = f" · 问过 {item.count} 次" if item.count > 1 else ""
            heading("未解决的问题", f"{chinese_time(item.at)} · {STATUSES.get(item.status, item.status)}{asked}")
            if open_:
                self._draw_actions(item)
        ui.label(item.question or "（没有文字）").classes("wz-quote")
        with ui.element("div").classes("wz-grid"):
            with ui.element("div").classes("wz-stack"):
                self._draw_now(now, can_choose=open_ and self._may_answer)
            with ui.element("div").classes("wz-stack"):
                _draw_grounds(item)

    def _load(self) -> tuple[UnresolvedView, SearchResult | None]:
        item = self._desk.unresolved_item(self._id)
        return item, self._desk.try_question(item.question) if item.question else None

    def _draw_actions(self, item: UnresolvedView) -> None:
        with ui.row().classes("wz-actions"):
            if self._desk.principal.may("conversations.read"):
                whole = f"/conversations/{item.conversation_id}?turn={item.turn_id}"
                ui.button("看整段对话", icon="forum", on_click=partial(ui.navigate.to, whole)).props("flat")
            if item.entry_id:
                link = partial(ui.navigate.to, f"/knowledge/{item.entry_id}")
                ui.button("打开已写的答案", icon="edit", on_click=link).props("unelevated")
            elif self._may_answer:
                link = partial(ui.navigate.to, f"/knowledge/new?unresolved={self._id}")
                ui.button("回答这个问题", icon="edit", on_click=link).props("unelevated")
            if self._desk.principal.may("unresolved.answer"):
                ui.button("忽略", icon="visibility_off", on_click=self._confirm_dismiss).props("flat")

    def _draw_now(self, now: SearchResult | None, *, can_choose: bool) -> None:
        with section("知识库里最接近的条目"):
            if now is None or not now.hits:
                empty_state("没有接近的条目", "需要写一个新的答案。", icon="search_off")
                return
            if can_choose:
                ui.label("如果其中一条就是答案，把这个问题加为它的相似问，以后就能找到。").classes("wz-muted")
            for hit in now.hits:
                action = partial(self._draw_choice, hit.entry_id, hit.title) if can_choose else None
                draw_hit(hit.entry_id, hit.title, hit.probability, f"匹配“{hit.matched}”", action=action)

    def _draw_choice(self, entry_id: str, title: str) -> None:
        button = ui.button("已有答案：加为相似问", icon="playlist_add").props("flat dense")
        attributes(button, aria_label=f"加为“{title}”的相似问")
        button.on_click(lambda: self._add_phrasing(entry_id, button))

    async def _add_phrasing(self, entry_id: str, button: ui.button) -> None:
        entry = await attempt(partial(self._desk.add_phrasing, self._id, entry_id), button=button)
        if entry is not None:
            live = entry.status == EntryStatus.PUBLISHED and entry.draft is None
            leave_for("/unresolved", "added" if live else "added_later")

    def _confirm_dismiss(self) -> None:
        with ui.dialog(value=True) as dialog, ui.card().classes("wz-dialog"):
            ui.label("忽略这个问题？").classes("text-h6")
            ui.label("适用于玩笑、无关的话或无法回答的问题。忽略后它不再出现在待处理里。")
            with ui.row().classes("w-full justify-end"):
                ui.button("取消", on_click=dialog.close).props("flat autofocus")
                sure = ui.button("忽略").props("unelevated")
                sure.on_click(lambda: self._dismiss(sure))

    async def _dismiss(self, button: ui.button) -> None:
        if await attempt(partial(self._desk.dismiss, self._id), button=button) is not None:
            leave_for("/unresolved", "dismissed")


def _draw_grounds(item: UnresolvedView) -> None:
    with section("当时为什么没答好"):
        chip(item.reason_label, "warn")
        field("理解为", f"{intent_label(item.intent)}（{item.confidence:.0%}）" if item.intent else "没有理解")
    with section("当时比较的做法"):
        if item.candidates:
            draw_candidates(item.candidates)
        else:
            ui.label("没有").classes("wz-muted")
    with section("当时的意图排序"):
        _draw_scores([(intent_label(one.get("name", "")), one.get("confidence", 0.0)) for one in item.ranking])
    with section("当时查到的条目"):
        _draw_scores([(one.get("title", ""), one.get("score", 0.0)) for one in item.hits])


def _draw_scores(scores: list[tuple[Any, Any]]) -> None:
    if not scores:
        ui.label("没有").classes("wz-muted")
    for name, score in scores[:MAX_RANKED]:
        with ui.row().classes("w-full justify-between no-wrap"):
            ui.label(str(name))
            ui.label(f"{float(score):.1%}").classes("wz-number wz-muted")
