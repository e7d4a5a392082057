"""Who did or viewed what: filtered by person, deed and day, and as a file."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, time, timedelta
from functools import partial
from urllib.parse import urlencode

from nicegui import ui
from starlette.requests import Request

from actions.tickets.legal_clock import BEIJING
from bot.security.audit import Sought
from channels.console.accounts_desk import AuditPage
from channels.console.dates import chinese_time
from channels.console.deeds import attempt, replace_address
from channels.console.desk import ConsoleDesk
from channels.console.site import Site
from channels.console.widgets import Pager, Results, Table, empty_state, heading

PAGE = 50
FILE_NAME = "操作记录.csv"


def register(site: Site) -> None:
    """Add the page at ``/audit``."""

    @ui.page("/audit")
    async def audit(request: Request, actor: str = "", action: str = "", day: str = "") -> None:
        async def build(desk: ConsoleDesk) -> None:
            await _AuditLog(desk, actor, action, day).draw()

        await site.show(request, "操作记录", build)


def day_bounds(day: str) -> tuple[datetime | None, datetime | None]:
    """Beginning and end of a day of the city, ``2026-11-21``; None for what is no day."""
    try:
        begin = datetime.combine(date.fromisoformat(day), time(), BEIJING)
        return begin, begin + timedelta(days=1)
    except (ValueError, OverflowError):
        return None, None


class _AuditLog:
    def __init__(self, desk: ConsoleDesk, actor: str, action: str, day: str) -> None:
        self._desk = desk.accounts
        self._actor, self._action, self._day = actor, action, day
        self._offset = 0
        self._pager = Pager(PAGE, self._turn)

    async def draw(self) -> None:
        self._names = await asyncio.to_thread(self._desk.deeds)
        self._action = self._action if self._action in self._names else ""
        page = await asyncio.to_thread(self._load)
        with ui.row().classes("wz-bar"):
            heading("操作记录", "谁在什么时候做了什么、看了什么。记录只能增加，不能修改和删除。")
            self._export = ui.button("导出", icon="download", on_click=self._download).props("outline")
        with ui.row().classes("wz-filters"):
            actor = ui.input("用户名", value=self._actor).props("outlined dense debounce=300 clearable")
            actor.on_value_change(lambda event: self._filter(actor=event.value or ""))
            action = ui.select({"": "全部操作", **self._names}, value=self._action, label="操作")
            action.props("outlined dense").on_value_change(lambda event: self._filter(action=event.value))
            day = ui.input("日期", value=self._day).props("outlined dense type=date stack-label clearable")
            day.on_value_change(lambda event: self._filter(day=event.value or ""))
        self._results = Results()
        self._draw_results(page)

    @property
    def _sought(self) -> Sought:
        since, until = day_bounds(self._day)
        return Sought(self._actor.strip().casefold(), self._action, since, until)

    async def _filter(self, *, actor: str | None = None, action: str | None = None, day: str | None = None) -> None:
        self._actor = self._actor if actor is None else actor
        self._action = self._action if action is None else action
        self._day = self._day if day is None else day
        wanted = {"actor": self._actor, "action": self._action, "day": self._day}
        replace_address("/audit?" + urlencode({key: value for key, value in wanted.items() if value}))
        await self._turn(0)

    async def _turn(self, offset: int) -> None:
        self._offset = offset
        await self._results.renew(partial(attempt, self._load), self._draw_results)

    def _load(self) -> AuditPage:
        return self._desk.audit(self._sought, limit=PAGE, offset=self._offset)

    def _draw_results(self, page: AuditPage) -> None:
        with self._results.place:
            if not page.records:
                empty_state("没有符合条件的记录", "换个用户名、操作或者日期再试试。", icon="history")
                return
            table = Table("操作记录", ["时间", "谁", "做了什么", "对象", "说明"])
            for one in page.records:
                name = self._names.get(one.action, one.action)
                table.line(chinese_time(one.at), one.actor, name, one.object or "—", one.detail or "—")
            self._pager.draw(self._offset, len(page.records), page.total)

    async def _download(self) -> None:
        sought = self._sought
        sheet = await attempt(lambda: self._desk.export_audit(sought), button=self._export)
        if sheet is not None:
            ui.download.content(sheet, FILE_NAME, "text/csv; charset=utf-8")
