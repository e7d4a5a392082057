"""The knowledge base as a list: search, filter, open, begin a new entry."""

from __future__ import annotations

import asyncio
from functools import partial
from urllib.parse import urlencode

from nicegui import ui
from starlette.requests import Request

from channels.console.dates import chinese_time
from channels.console.deeds import attempt, replace_address
from channels.console.desk import ConsoleDesk
from channels.console.site import Site
from channels.console.widgets import Pager, Table, chip, empty_state, heading
from knowledge_base.lifecycle import STATUS_LABELS, EntryStatus
from knowledge_base.models import Entry
from knowledge_base.service import EntryPage

PAGE = 50
TONES = {EntryStatus.DRAFT: "warn", EntryStatus.PUBLISHED: "good", EntryStatus.RETIRED: "neutral"}


def register(site: Site) -> None:
    """Add the page at ``/knowledge``."""

    @ui.page("/knowledge")
    async def knowledge(request: Request, q: str = "", topic: str = "", status: str = "") -> None:
        async def build(desk: ConsoleDesk) -> None:
            await _KnowledgeList(desk, q, topic, status).draw()

        await site.show(request, "知识库", build)


def status_chip(status: str) -> None:
    """The status of an entry in words and colour."""
    known = EntryStatus(status)
    chip(known.label, TONES[known])


class _KnowledgeList:
    def __init__(self, desk: ConsoleDesk, query: str, topic: str, status: str) -> None:
        self._desk = desk
        self._query = query
        self._topic = topic if topic in desk.topics else ""
        self._status = status if status in set(EntryStatus) else ""
        self._offset = 0
        self._asked = 0
        self._pager = Pager(PAGE, self._turn)

    async def draw(self) -> None:
        page = await asyncio.to_thread(self._load)
        with ui.row().classes("wz-bar"):
            heading("知识库", "市民问到的，都从这里回答。改动发布后立刻生效。")
            if self._desk.principal.may("knowledge.edit"):
                ui.button("新建条目", icon="add", on_click=lambda: ui.navigate.to("/knowledge/new")).props("unelevated")
        self._draw_filters()
        self._results = ui.element("div").classes("wz-stack").props("aria-live=polite")
        self._draw_results(page)

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
        self._asked += 1
        asked = self._asked
        self._results.classes("wz-busy")
        page = await attempt(self._load)
        if asked != self._asked:  # a later search has been asked for while this one was read
            return
        self._results.classes(remove="wz-busy")
        if page is not None:
            self._results.clear()
            self._draw_results(page)

    def _load(self) -> EntryPage:
        return self._desk.entries(
            query=self._query.strip(), topic=self._topic, status=self._status, limit=PAGE, offset=self._offset
        )

    def _draw_results(self, page: EntryPage) -> None:
        with self._results:
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
            partial(status_chip, entry.status),
            chinese_time(entry.updated_at),
        )
