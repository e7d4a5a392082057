"""Citizens in danger: those who wait for somebody, and what became of the others."""

from __future__ import annotations

import asyncio
from functools import partial
from urllib.parse import urlencode

from nicegui import ui
from starlette.requests import Request

from channels.console.danger_card import state_of
from channels.console.dates import chinese_time
from channels.console.desk import ConsoleDesk
from channels.console.site import Site
from channels.console.widgets import Pager, Table, chip, empty_state, heading
from channels.conversations.danger_alerts import AlertView

PAGE = 50
NOTE = "说到自杀或受伤害的市民。求助电话已经给了他们；请有人尽快看看对话，看完记下后来怎么样了。"


def register(site: Site) -> None:
    """Add the page at ``/dangers``."""

    @ui.page("/dangers")
    async def dangers(request: Request, closed: str = "", offset: str = "") -> None:
        async def build(desk: ConsoleDesk) -> None:
            from_ = int(offset) if offset.isascii() and offset.isdigit() else 0
            await _draw(desk, closed=bool(closed), offset=from_)

        await site.show(request, "处境危险的市民", build)


async def _draw(desk: ConsoleDesk, *, closed: bool, offset: int) -> None:
    alerts = await asyncio.to_thread(partial(desk.dangers.listed, closed=closed, limit=PAGE, offset=offset))
    with ui.row().classes("wz-bar"):
        heading("处境危险的市民", NOTE)
        other = "/dangers" if closed else "/dangers?closed=1"
        ui.button("看等人跟进的" if closed else "看已了结的", on_click=partial(ui.navigate.to, other)).props("flat")
    if not alerts:
        empty_state("还没有了结的" if closed else "现在没有人在等", icon="volunteer_activism")
        return
    table = Table("处境危险的市民", ["说到了什么", "进展", "谁在跟进" if not closed else "结果", "时间"])
    for one in alerts:
        table.row(
            f"/conversations/{one.conversation_id}?turn={one.turn_id}",
            one.kind_label + (f"（{one.turns} 次）" if one.turns > 1 else ""),
            partial(chip, *state_of(one)),
            _last_cell(one),
            chinese_time(one.closed_at or one.at),
        )

    def turn(to: int) -> None:
        wanted = {"offset": str(to)} | ({"closed": "1"} if closed else {})
        ui.navigate.to(f"/dangers?{urlencode(wanted)}")

    Pager(PAGE, turn).draw(offset, len(alerts))


def _last_cell(one: AlertView) -> str:
    return f"{one.outcome_label} · {one.closed_by}" if one.closed_by else one.taken_by or "—"
