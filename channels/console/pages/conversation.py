"""One conversation: what was said, on what grounds, and what staff make of each question."""

from __future__ import annotations

import asyncio
from functools import partial
from urllib.parse import urlencode

from nicegui import ui
from starlette.requests import Request

from channels.console.candidates_view import draw_candidates
from channels.console.danger_card import draw_alert
from channels.console.dates import chinese_time
from channels.console.desk import ConsoleDesk
from channels.console.hit_list import draw_hit
from channels.console.intents import intent_label
from channels.console.site import Site
from channels.console.turn_actions import TurnActions, entries_of
from channels.console.turn_labels import decision_label, label, latency_line, reason_label, said
from channels.console.widgets import Pager, chip, empty_state, field, heading
from channels.conversations.models import Message, Turn
from channels.conversations.reader import ConversationView, Exchange

PAGE = 30
MOST_RANKED = 3
# Intents that are less likely than this are not named.
LEAST = 0.01
SHOW_SOUGHT = "document.querySelector('.wz-turn-sought')?.scrollIntoView({block: 'center'})"


def register(site: Site) -> None:
    """Add the page at ``/conversations/{conversation_id}``."""

    @ui.page("/conversations/{conversation_id}")
    async def conversation(request: Request, conversation_id: str, turn: str = "", offset: str = "") -> None:
        async def build(desk: ConsoleDesk) -> None:
            from_ = int(offset) if offset.isascii() and offset.isdigit() else 0
            await _ConversationPage(desk, conversation_id, turn, from_).draw()

        await site.show(request, "对话", build)


class _ConversationPage:
    def __init__(self, desk: ConsoleDesk, conversation_id: str, turn_id: str, offset: int) -> None:
        self._desk = desk
        self._id = conversation_id
        self._turn_id = turn_id
        self._offset = offset

    async def draw(self) -> None:
        """The whole page."""
        read = partial(
            self._desk.transcripts.conversation, self._id, limit=PAGE, offset=self._offset, turn_id=self._turn_id
        )
        view, self._made, offset = await asyncio.to_thread(read)
        deeds = [deed for made in self._made.values() for deed in made]
        self._entries = await asyncio.to_thread(entries_of, self._desk, deeds)
        self._draw_head(view)
        self._alerts = ui.element("div").classes("wz-stack")
        await self._draw_alerts()
        if not view.exchanges:
            empty_state("这段对话里还没有说过话", icon="forum")
        for exchange in view.exchanges:
            if exchange.turn is None:
                _draw_words(exchange.messages[0])
            else:
                self._draw_turn(exchange, exchange.turn)
        shown = sum(one.turn is not None for one in view.exchanges)
        if len(view.exchanges) > 1:
            ui.run_javascript(SHOW_SOUGHT)
        Pager(PAGE, self._turn_to).draw(offset, shown, view.turns)

    def _draw_head(self, view: ConversationView) -> None:
        one = view.conversation
        channel = label("channels", one.channel)
        begun = (
            f"{channel} · {chinese_time(one.created_at)}开始 · 最近 {chinese_time(one.last_at)} · 共 {view.turns} 条"
        )
        with ui.row().classes("wz-bar"):
            heading("对话", begun)
            if one.handled_by == "agent":
                chip("人工客服接待中", "info")

    async def _draw_alerts(self) -> None:
        desk = self._desk.dangers
        alerts = await asyncio.to_thread(partial(desk.of_conversation, self._id))
        self._alerts.clear()
        self._alerts.set_visibility(bool(alerts))
        with self._alerts:
            for alert in alerts:
                draw_alert(desk, alert, self._draw_alerts)

    def _turn_to(self, offset: int) -> None:
        ui.navigate.to(f"/conversations/{self._id}?{urlencode({'offset': offset})}")

    def _draw_turn(self, exchange: Exchange, turn: Turn) -> None:
        with ui.card().classes("wz-card wz-turn-sought" if turn.id == self._turn_id else "wz-card"):
            with ui.row().classes("wz-card-head"):
                ui.label(chinese_time(turn.created_at)).classes("wz-muted")
                with ui.row().classes("wz-chips"):
                    chip(*decision_label(turn.decision))
                    if turn.feedback:
                        chip(label("feedback", turn.feedback), "good" if turn.feedback == "up" else "bad")
            with ui.element("h2"):
                ui.label(turn.text or "（没有文字）").classes("wz-grow")
            for message in exchange.messages:
                if message.role != "citizen":
                    _draw_words(message)
            with ui.expansion("怎么得出的", icon="insights").props("dense").classes("w-full"):
                _draw_grounds(turn)
            TurnActions(self._desk, turn, self._made.get(turn.id, []), self._entries)


def _draw_words(message: Message) -> None:
    with ui.element("div").classes("wz-said"):
        ui.label(label("roles", message.role)).classes("wz-field-label")
        with ui.element("div").classes("wz-grow"):
            for words in said(message.parts):
                ui.label(words).classes("wz-event-text")


def _draw_grounds(turn: Turn) -> None:
    ranked = [
        f"{intent_label(one['name'])} {one['confidence']:.0%}" for one in turn.ranking if one["confidence"] >= LEAST
    ]
    sure = f"{intent_label(turn.intent)}（{turn.confidence:.0%}）" if turn.intent else ""
    field("理解为", sure or "没有用到")
    if len(ranked) > 1:
        field("其他可能", "、".join(ranked[1 : MOST_RANKED + 1]))
    if turn.reason:
        field("原因", reason_label(turn.reason))
    if turn.candidates:
        draw_candidates(turn.candidates)
    field("用时", latency_line(turn.latency_ms))
    if not turn.hits:
        ui.label("这一条没有用到检索。").classes("wz-muted")
    for hit in turn.hits:
        shown = turn.decision == "answer" and hit["id"] == turn.entry_id
        draw_hit(hit["id"], hit["title"], float(hit["score"]), "用它回答了" if shown else "")
