"""按日期变化的标准: what the law sets by date, what comes next, and which entries it touches."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from nicegui import ui
from starlette.requests import Request

from channels.console.dates import chinese_day
from channels.console.desk import ConsoleDesk
from channels.console.site import Site
from channels.console.widgets import empty_state, heading, section
from knowledge_base.rate_use import RateView


def register(site: Site) -> None:
    """Add the page at ``/knowledge/rates``."""

    @ui.page("/knowledge/rates")
    async def rates(request: Request) -> None:
        async def build(desk: ConsoleDesk) -> None:
            _draw(await asyncio.to_thread(desk.rates))

        await site.show(request, "按日期变化的标准", build)


def _draw(views: Sequence[RateView]) -> None:
    heading(
        "按日期变化的标准",
        "法律定好了从哪天起变的金额、税率和年限。到了那天，用到它的回答自动换成新的。值写在 content/rates.yml。",
    )
    if not views:
        empty_state("还没有按日期变化的标准", icon="event")
    for view in views:
        with section(view.label):
            ui.label(f"现在：{view.now}")
            if view.since:
                ui.label(f"{chinese_day(view.since)}起：{view.following}").classes("text-weight-bold")
            ui.label(f"依据：{view.source}").classes("wz-muted")
            _draw_entries(view)


def _draw_entries(view: RateView) -> None:
    if not view.entries:
        ui.label("没有条目用到它").classes("wz-muted")
        return
    with ui.row().classes("items-center q-gutter-sm"):
        ui.label(f"用到它的条目（{len(view.entries)}）：").classes("wz-muted")
        for entry_id, title in view.entries:
            ui.link(title, f"/knowledge/{entry_id}").classes("wz-link")
