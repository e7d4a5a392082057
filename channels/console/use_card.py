"""How an entry is used: the card on its page."""

from __future__ import annotations

import asyncio
from urllib.parse import urlencode

from nicegui import ui

from channels.console.dates import chinese_day
from channels.console.desk import ConsoleDesk
from channels.console.widgets import section
from channels.conversations.entry_use import Counts


async def draw_use(desk: ConsoleDesk, entry_id: str) -> None:
    """Draws the card at the present place."""
    use = await asyncio.to_thread(desk.use.of_entry, entry_id)
    with section("使用情况"):
        with ui.element("div").classes("wz-use"):
            for words in ("", "检索到", "用来回答", "有帮助", "没帮上"):
                ui.label(words).classes("wz-muted")
            for counts in use.counts:
                _draw_window(counts)
        last = chinese_day(use.last_shown) if use.last_shown else "还没有用来回答过"
        ui.label(f"最近一次用来回答：{last}").classes("wz-muted")
        if use.last_shown and desk.principal.may("conversations.read"):
            ui.link("看过去的回答", past_answers_address(entry=entry_id)).classes("wz-link")


def _draw_window(counts: Counts) -> None:
    ui.label(f"近 {counts.days} 天").classes("wz-muted")
    for number in (counts.hits, counts.shown, counts.up, counts.down):
        ui.label(str(number)).classes("wz-number")


def past_answers_address(**wanted: str) -> str:
    """Where the past answers of an ``entry`` or of a ``document`` are listed."""
    return "/knowledge/answers?" + urlencode(wanted)
