"""The questions the assistant failed at, with why."""

from __future__ import annotations

import asyncio
from functools import partial

from nicegui import ui
from starlette.requests import Request

from channels.console.dates import chinese_time
from channels.console.deeds import announce, attempt, replace_address
from channels.console.desk import ConsoleDesk
from channels.console.site import Site
from channels.console.widgets import Pager, Table, chip, empty_state, heading
from channels.conversations.unresolved import UnresolvedView

PAGE = 50
STATUSES = {"open": "待处理", "answered": "已回答", "dismissed": "已忽略"}
EMPTY = {"open": ("没有待处理的问题", "助手没能答好的问题会自动出现在这里。")}


def register(site: Site) -> None:
    """Add the page at ``/unresolved``."""

    @ui.page("/unresolved")
    async def unresolved(request: Request, status: str = "open", done: str = "") -> None:
        async def build(desk: ConsoleDesk) -> None:
            await _UnresolvedList(desk, status).draw()
            announce(done, "/unresolved")

        await site.show(request, "未解决的问题", build)


class _UnresolvedList:
    def __init__(self, desk: ConsoleDesk, status: str) -> None:
        self._desk = desk
        self._status = status if status in STATUSES else "open"
        self._offset = 0
        self._pager = Pager(PAGE, self._turn)

    async def draw(self) -> None:
        items, counts = await asyncio.to_thread(self._load)
        heading("未解决的问题", "助手没能答好的每一个问题。回答一次，以后问到的人都能得到答案。")
        labels = {key: f"{label} {counts.get(key, 0)}" for key, label in STATUSES.items()}
        toggle = ui.toggle(labels, value=self._status).props('unelevated toggle-color=primary aria-label="状态"')
        toggle.on_value_change(lambda event: self._filter(event.value))
        self._results = ui.element("div").classes("wz-stack").props("aria-live=polite")
        self._draw_results(items)

    async def _filter(self, status: str) -> None:
        self._status = status
        replace_address(f"/unresolved?status={status}")
        await self._turn(0)

    async def _turn(self, offset: int) -> None:
        self._offset = offset
        self._results.classes("wz-busy")
        loaded = await attempt(self._load)
        self._results.classes(remove="wz-busy")
        if loaded is not None:
            self._results.clear()
            self._draw_results(loaded[0])

    def _load(self) -> tuple[list[UnresolvedView], dict[str, int]]:
        items = self._desk.unresolved(status=self._status, limit=PAGE, offset=self._offset)
        return items, self._desk.unresolved_counts()

    def _draw_results(self, items: list[UnresolvedView]) -> None:
        with self._results:
            if not items:
                text, hint = EMPTY.get(self._status, ("这里还没有问题", ""))
                empty_state(text, hint, icon="task_alt")
                return
            table = Table("未解决的问题", ["市民的问题", "原因", "最接近的条目", "次数", "时间"])
            for item in items:
                best = item.hits[0] if item.hits else None
                near = f"{best['title']}（{best['score']:.0%}）" if best else "没有"
                table.row(
                    f"/unresolved/{item.id}",
                    item.question or "（没有文字）",
                    partial(chip, item.reason_label, "warn"),
                    near,
                    f"{item.count} 次",
                    chinese_time(item.at),
                )
            self._pager.draw(self._offset, len(items))
