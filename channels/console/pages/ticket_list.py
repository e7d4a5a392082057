"""Tickets by deadline: filter by status, search, open."""

from __future__ import annotations

import asyncio
from functools import partial
from urllib.parse import urlencode

from nicegui import ui
from starlette.requests import Request

from actions.tickets.views import TicketView
from channels.console.dates import chinese_time, time_left
from channels.console.deeds import attempt, replace_address
from channels.console.desk import ConsoleDesk
from channels.console.site import Site
from channels.console.widgets import Pager, Results, Table, chip, empty_state, heading

PAGE = 50
OVERDUE = "overdue"
TONES = {"filed": "warn", "accepted": "info", "handling": "info", "replied": "good"}


def register(site: Site) -> None:
    """Add the page at ``/tickets``."""

    @ui.page("/tickets")
    async def tickets(request: Request, q: str = "", status: str = "") -> None:
        async def build(desk: ConsoleDesk) -> None:
            await _TicketList(desk, q, status).draw()

        await site.show(request, "工单", build)


def ticket_chip(ticket: TicketView) -> None:
    """The status of a ticket in words and colour."""
    chip(ticket.status_label, TONES.get(ticket.status, "neutral"))


def draw_deadline(ticket: TicketView) -> None:
    """The deadline that runs now, with how long is left; overdue in words and colour."""
    if ticket.due_at is None:
        ui.label("—").classes("wz-muted")
        return
    with ui.column().classes("gap-0"):
        left = ui.label(time_left(ticket.due_at))
        if ticket.overdue:
            left.classes("wz-bad-text")
        unsure = "" if ticket.due_certain else "（待假日安排公布后核对）"
        ui.label(f"{chinese_time(ticket.due_at)}前{unsure}").classes("wz-muted")


class _TicketList:
    def __init__(self, desk: ConsoleDesk, query: str, status: str) -> None:
        self._desk = desk
        self._statuses = {"": "全部状态", OVERDUE: "已超期", **desk.ticket_statuses}
        self._query = query
        self._status = status if status in self._statuses else ""
        self._offset = 0
        self._pager = Pager(PAGE, self._turn)

    async def draw(self) -> None:
        page = await asyncio.to_thread(self._load)
        heading("工单", "按办理期限排列，最急的在最前面。")
        with ui.row().classes("wz-filters"):
            search = ui.input(placeholder="搜索工单号、内容、地点", value=self._query).classes("wz-search")
            search.props('outlined dense debounce=300 clearable type=search aria-label="搜索工单"')
            search.on_value_change(lambda event: self._filter(query=event.value or ""))
            with search.add_slot("prepend"):
                ui.icon("search")
            status = ui.select(self._statuses, value=self._status, label="状态").props("outlined dense")
            status.on_value_change(lambda event: self._filter(status=event.value))
        self._results = Results()
        self._draw_results(page)

    async def _filter(self, *, query: str | None = None, status: str | None = None) -> None:
        self._query = self._query if query is None else query
        self._status = self._status if status is None else status
        wanted = {"q": self._query, "status": self._status}
        replace_address("/tickets?" + urlencode({key: value for key, value in wanted.items() if value}))
        await self._turn(0)

    async def _turn(self, offset: int) -> None:
        self._offset = offset
        await self._results.renew(partial(attempt, self._load), self._draw_results)

    def _load(self) -> list[TicketView]:
        return self._desk.tickets(
            status=self._status or None, query=self._query.strip(), limit=PAGE, offset=self._offset
        )

    def _draw_results(self, page: list[TicketView]) -> None:
        with self._results.place:
            if not page and self._desk.sees_no_ticket:
                empty_state("您的账号还没有部门", "工单按部门分。请联系系统管理员给您的账号设置部门。", icon="badge")
                return
            if not page:
                empty_state("没有符合条件的工单", "换个词或者清除筛选再试试。", icon="assignment_turned_in")
                return
            table = Table("工单", ["工单号", "类型", "内容", "承办单位", "状态", "办理期限"], compact=True)
            for ticket in page:
                table.row(
                    f"/tickets/{ticket.number}",
                    ticket.number,
                    ticket.kind_label,
                    ticket.summary,
                    ticket.department_label or "未派单",
                    partial(ticket_chip, ticket),
                    partial(draw_deadline, ticket),
                )
            self._pager.draw(self._offset, len(page))
