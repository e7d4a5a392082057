"""The home page: what awaits the person who signed in."""

from __future__ import annotations

import asyncio

from nicegui import ui
from starlette.requests import Request

from channels.console.dates import greeting
from channels.console.desk import ConsoleDesk
from channels.console.site import Site
from channels.console.summary import Summary
from channels.console.widgets import empty_state, heading

Tile = tuple[int, str, str, str, bool]


def register(site: Site) -> None:
    """Add the page at ``/``."""

    @ui.page("/")
    async def home(request: Request) -> None:
        await site.show(request, "首页", _build)


async def _build(desk: ConsoleDesk) -> None:
    summary = await asyncio.to_thread(desk.summary)
    heading(f"{greeting()}，{desk.principal.display_name}", "这里是等您处理的事。")
    tiles = _tiles(summary)
    if not tiles and desk.principal.permissions:
        empty_state("没有等您处理的事", "请从左边的菜单选择要做的事。", icon="task_alt")
        return
    if not tiles:
        empty_state("您的账号还没有可用的功能", "请联系系统管理员分配角色。", icon="lock")
        return
    with ui.element("div").classes("wz-tiles"):
        for number, label, note, address, alert in tiles:
            with ui.link(target=address).classes("wz-tile wz-tile-alert" if alert and number else "wz-tile"):
                ui.label(str(number)).classes("wz-tile-number")
                ui.label(label).classes("wz-tile-label")
                ui.label(note).classes("wz-muted")
    if not any(number for number, *_ in tiles):
        empty_state("都处理完了", "有新的事情时，数字会出现在上面。", icon="task_alt")


def _tiles(summary: Summary) -> list[Tile]:
    tiles: list[Tile] = []
    if summary.in_danger:
        tiles.append((summary.in_danger, "处境危险的市民", "说到自杀或受伤害，请马上看看", "/dangers", True))
    if summary.unresolved is not None:
        tiles.append((summary.unresolved, "未解决的问题", "助手没能答好，等人来回答", "/unresolved", False))
    if summary.tickets is not None:
        tickets = summary.tickets
        tiles += [
            (tickets.overdue, "超期工单", "已经过了办理期限", "/tickets?status=overdue", True),
            (tickets.new, "待受理工单", "刚收到，等待受理", "/tickets?status=filed", False),
            (tickets.open, "在办工单", "还没有办结", "/tickets", False),
        ]
    if summary.in_review is not None:
        tiles.append((summary.in_review, "待审核", "同事写好了，等您看过发布", "/knowledge?status=in_review", False))
    if summary.drafts is not None:
        tiles.append((summary.drafts, "草稿", "写好后发布，市民才能看到", "/knowledge?status=draft", False))
    if summary.expiring is not None:
        tiles.append((summary.expiring, "30 天内到期", "您负责的或没有负责人的，请及时更新", "/knowledge", False))
    return tiles
