"""使用情况: entries that are not used, badly rated, or asked for most."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from nicegui import ui
from starlette.requests import Request

from channels.console.dates import chinese_day
from channels.console.desk import ConsoleDesk
from channels.console.site import Site
from channels.console.widgets import Table, empty_state, heading, section
from channels.conversations.entry_use import UseLine, UseLists

MOST = 100


def register(site: Site) -> None:
    """Add the page at ``/knowledge/use``."""

    @ui.page("/knowledge/use")
    async def use(request: Request) -> None:
        async def build(desk: ConsoleDesk) -> None:
            _draw(desk, await asyncio.to_thread(desk.use.lists))

        await site.show(request, "使用情况", build)


def _draw(desk: ConsoleDesk, lists: UseLists) -> None:
    rules = desk.use.rules
    counted = f"从 {chinese_day(lists.since)} 开始统计。" if lists.since else "还没有统计到对话。"
    heading("使用情况", f"哪些条目没有人用，哪些答得不好，哪些最常用。{counted}")
    days, share = max(rules.windows), f"{rules.bad_share:.0%}"
    _draw_list(
        desk,
        "评价差",
        f"近 {days} 天至少有 {rules.bad_minimum} 次评价，其中“没帮上忙”占 {share} 以上。请看看答案哪里没说清楚。",
        lists.badly_rated,
        "没有评价差的条目",
    )
    _draw_list(
        desk,
        f"{rules.unused_days} 天没有用过",
        f"建立满 {rules.unused_days} 天、这段时间没有用来回答过的条目。可能是问法太少，也可能已经过时。政策条文不列入。",
        lists.unused,
        "没有长期不用的条目",
    )
    _draw_list(desk, "最常用", f"近 {days} 天用来回答最多的条目。", lists.most_used, "还没有用来回答过的条目")


def _draw_list(desk: ConsoleDesk, title: str, note: str, lines: Sequence[UseLine], nothing: str) -> None:
    with section(title):
        ui.label(note).classes("wz-muted")
        if not lines:
            empty_state(nothing, icon="task_alt")
            return
        table = Table(title, ["条目", "主题", "检索到", "用来回答", "有帮助 / 没帮上", "最近一次"])
        for line in lines:
            counts = line.counts
            table.row(
                f"/knowledge/{line.entry_id}",
                line.title,
                desk.topics.get(line.topic, line.topic),
                f"{counts.hits} 次",
                f"{counts.shown} 次",
                f"{counts.up} / {counts.down}",
                chinese_day(line.last_shown) or "从没用过",
            )
        if len(lines) == MOST:
            ui.label(f"只列出前 {MOST} 条。").classes("wz-muted")
