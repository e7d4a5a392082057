"""The knowledge base as a list: search, filter, open, begin a new entry."""

from __future__ import annotations

import asyncio
from functools import partial
from urllib.parse import urlencode

from nicegui import ui
from starlette.requests import Request

from channels.console.dates import chinese_day, chinese_time
from channels.console.deeds import attempt, replace_address
from channels.console.desk import ConsoleDesk
from channels.console.entry_state import status_chips
from channels.console.site import Site
from channels.console.widgets import Pager, Results, Table, empty_state, heading, section
from knowledge_base.entry_reader import EntryPage
from knowledge_base.lifecycle import STATUS_LABELS, EntryStatus
from knowledge_base.models import Entry

PAGE = 50
# Of what ends soon, this much stands above the list until more is asked for.
SHORT = 5


def register(site: Site) -> None:
    """Add the page at ``/knowledge``."""

    @ui.page("/knowledge")
    async def knowledge(request: Request, q: str = "", topic: str = "", status: str = "") -> None:
        async def build(desk: ConsoleDesk) -> None:
            await _KnowledgeList(desk, q, topic, status).draw()

        await site.show(request, "知识库", build)


class _KnowledgeList:
    def __init__(self, desk: ConsoleDesk, query: str, topic: str, status: str) -> None:
        self._desk = desk
        self._query = query
        self._topic = topic if topic in desk.topics else ""
        self._status = status if status in set(EntryStatus) else ""
        self._offset = 0
        self._pager = Pager(PAGE, self._turn)

    async def draw(self) -> None:
        page = await asyncio.to_thread(self._load)
        with ui.row().classes("wz-bar"):
            heading("知识库", "市民问到的，都从这里回答。改动发布后立刻生效。")
            with ui.row().classes("wz-actions"):
                ui.button("命中测试", on_click=lambda: ui.navigate.to("/knowledge/hit-test")).props("flat")
                ui.button("使用情况", on_click=lambda: ui.navigate.to("/knowledge/use")).props("flat")
                ui.button("按日期变化的标准", on_click=lambda: ui.navigate.to("/knowledge/rates")).props("flat")
                ui.button("必答问题", on_click=lambda: ui.navigate.to("/knowledge/golden")).props("flat")
                ui.button("词表", on_click=lambda: ui.navigate.to("/knowledge/vocabulary")).props("flat")
                ui.button("政策文件", on_click=lambda: ui.navigate.to("/knowledge/documents")).props("flat")
                if self._desk.principal.may("knowledge.edit"):
                    ui.button("导入", icon="upload_file", on_click=lambda: ui.navigate.to("/knowledge/import")).props(
                        "outline"
                    )
                    ui.button("新建条目", icon="add", on_click=lambda: ui.navigate.to("/knowledge/new")).props(
                        "unelevated"
                    )
        if not (self._query or self._topic or self._status):
            await self._draw_expiring()
        self._draw_filters()
        self._results = Results()
        self._draw_results(page)

    async def _draw_expiring(self) -> None:
        """What citizens will soon not get any more; nothing where there is no such entry."""
        entries = await asyncio.to_thread(self._desk.expiring)
        if not entries:
            return
        with section("30 天内到期"):
            rows = ui.element("div").classes("w-full")
            self._draw_ending(rows, entries[:SHORT])
            if len(entries) > SHORT:
                more = ui.button(f"显示全部 {len(entries)} 条", icon="expand_more").props("flat")
                more.on_click(lambda: self._draw_ending(rows, entries))
                more.on_click(more.delete)

    def _draw_ending(self, place: ui.element, entries: list[Entry]) -> None:
        place.clear()
        with place:
            table = Table("30 天内到期的条目", ["标题", "失效日期", "负责人"])
            for entry in entries:
                mine = entry.owner == self._desk.principal.username
                owner = "我" if mine else entry.owner or "（没有）"
                table.row(f"/knowledge/{entry.id}", entry.title, chinese_day(entry.expires), owner)

    def _draw_filters(self) -> None:
        with ui.row().classes("wz-filters"):
            search = ui.input(placeholder="搜索标题、问题、答案", value=self._query).classes("wz-search")
            search.props('outlined dense debounce=300 clearable type=search aria-label="搜索知识库"')
            search.on_value_change(lambda event: self._filter(query=event.value or ""))
            with search.add_slot("prepend"):
                ui.icon("search")
            topics = {"": "全部主题", **self._desk.topics}
            topic = ui.select(topics, value=self._topic, label="主题").props("outlined dense")
            topic.on_value_change(lambda event: self._filter(topic=event.value))
            statuses = {"": "全部状态", **{str(key): label for key, label in STATUS_LABELS.items()}}
            status = ui.select(statuses, value=self._status, label="状态").props("outlined dense")
            status.on_value_change(lambda event: self._filter(status=event.value))

    async def _filter(self, *, query: str | None = None, topic: str | None = None, status: str | None = None) -> None:
        self._query = self._query if query is None else query
        self._topic = self._topic if topic is None else topic
        self._status = self._status if status is None else status
        wanted = {"q": self._query, "topic": self._topic, "status": self._status}
        replace_address("/knowledge?" + urlencode({key: value for key, value in wanted.items() if value}))
        await self._turn(0)

    async def _turn(self, offset: int) -> None:
        self._offset = offset
        await self._results.renew(partial(attempt, self._load), self._draw_results)

    def _load(self) -> EntryPage:
        return self._desk.entries(
            query=self._query.strip(), topic=self._topic, status=self._status, limit=PAGE, offset=self._offset
        )

    def _draw_results(self, page: EntryPage) -> None:
        with self._results.place:
            if not page.entries:
                empty_state("没有符合条件的条目", "换个词或者清除筛选再试试。", icon="search_off")
                return
            ui.label(f"共 {page.total} 条").classes("wz-muted")
            table = Table("知识条目", ["标题", "标准问", "主题", "状态", "更新时间"])
            for entry in page.entries:
                self._draw_row(table, entry)
            self._pager.draw(self._offset, len(page.entries), page.total)

    def _draw_row(self, table: Table, entry: Entry) -> None:
        table.row(
            f"/knowledge/{entry.id}",
            entry.title,
            entry.question,
            self._desk.topics.get(entry.topic, entry.topic),
            partial(status_chips, entry),
            chinese_time(entry.updated_at),
        )
