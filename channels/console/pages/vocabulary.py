"""The vocabulary that staff own: list, filter, add, change, enable, disable; and what the built-in lexicon has already."""

from __future__ import annotations

import asyncio
from functools import partial

from nicegui import ui
from starlette.requests import Request

from channels.console.dates import chinese_time
from channels.console.deeds import attempt
from channels.console.desk import ConsoleDesk
from channels.console.markup import attributes
from channels.console.site import Site
from channels.console.vocabulary_dialog import TermDialog, ask_to_disable, show_history
from channels.console.widgets import Pager, Results, Table, chip, empty_state, heading, section
from knowledge_base.vocabulary.models import VocabularyTerm
from knowledge_base.vocabulary.terms import form_of, live_columns
from knowledge_base.vocabulary.words import KINDS
from nlu.vocabulary import TermGroup

PAGE = 50
SHOWN_GROUPS = 8
STATES = {"": "全部状态", "live": "已启用", "off": "未启用", "waiting": "有修改没启用"}
TONES = {"live": "good", "off": "neutral", "waiting": "warn"}


def register(site: Site) -> None:
    """Add the page at ``/knowledge/vocabulary``."""

    @ui.page("/knowledge/vocabulary")
    async def vocabulary(request: Request) -> None:
        async def build(desk: ConsoleDesk) -> None:
            await _VocabularyPage(desk).draw()

        await site.show(request, "词表", build)


def state_of(row: VocabularyTerm) -> str:
    """Whether searches go by a term: ``live``, ``off``, or ``waiting`` where they go by an older text of it."""
    if row.live is None:
        return "off"
    return "live" if row.live == live_columns(form_of(row)) else "waiting"


class _VocabularyPage:
    def __init__(self, desk: ConsoleDesk) -> None:
        self._desk = desk
        self._query = self._kind = self._state = ""
        self._offset = 0
        self._pager = Pager(PAGE, self._turn)

    async def draw(self) -> None:
        found = await asyncio.to_thread(self._load)
        with ui.row().classes("wz-bar"):
            heading("词表", "本地叫法、同义词和常见错别字。启用后，市民换个说法也能找到。")
            if self._desk.principal.may("knowledge.edit"):
                add = ui.button("添加词条", icon="add").props("unelevated")
                add.on_click(lambda: TermDialog(self._desk, None, self._changed))
        self._draw_filters()
        self._timers = ui.element("div").classes("hidden")
        self._results = Results()
        self._draw_results(found)

    def _draw_filters(self) -> None:
        with ui.row().classes("wz-filters"):
            search = ui.input(placeholder="搜索词、规范词、说明").classes("wz-search")
            search.props('outlined dense debounce=300 clearable type=search aria-label="搜索词表"')
            search.on_value_change(lambda event: self._filter(query=(event.value or "").strip()))
            with search.add_slot("prepend"):
                ui.icon("search")
            kind = ui.select({"": "全部类型", **KINDS}, value="", label="类型").props("outlined dense")
            kind.on_value_change(lambda event: self._filter(kind=event.value))
            state = ui.select(STATES, value="", label="状态").props("outlined dense")
            state.on_value_change(lambda event: self._filter(state=event.value))

    async def _filter(self, *, query: str | None = None, kind: str | None = None, state: str | None = None) -> None:
        self._query = self._query if query is None else query
        self._kind = self._kind if kind is None else kind
        self._state = self._state if state is None else state
        await self._turn(0)

    async def _turn(self, offset: int) -> None:
        self._offset = offset
        await self._again()

    def _changed(self) -> None:
        """A dialog changed something; it is not asked to wait until the list is read again."""
        with self._timers:
            ui.timer(0, self._again, once=True)

    async def _again(self) -> None:
        await self._results.renew(partial(attempt, self._load), self._draw_results)

    def _load(self) -> tuple[list[VocabularyTerm], list[TermGroup]]:
        desk = self._desk.vocabulary
        rows = [
            row
            for row in desk.terms(self._query)
            if self._kind in ("", row.kind) and self._state in ("", state_of(row))
        ]
        return rows, desk.built_in(self._query)

    def _draw_results(self, found: tuple[list[VocabularyTerm], list[TermGroup]]) -> None:
        rows, groups = found
        with self._results.place:
            if rows:
                shown = rows[self._offset : self._offset + PAGE]
                ui.label(f"共 {len(rows)} 个").classes("wz-muted")
                table = Table("词表", ["词", "规范词", "类型", "状态", "说明", "更新", "操作"])
                for row in shown:
                    self._draw_row(table, row)
                self._pager.draw(self._offset, len(shown), len(rows))
            elif self._query or self._kind or self._state:
                empty_state("没有符合条件的词条", "换个词或者清除筛选再试试。", icon="search_off")
            else:
                empty_state("词表还是空的", "市民的说法助手听不懂时，在这里告诉它是什么意思。", icon="translate")
            if groups:
                self._draw_built_in(groups)

    def _draw_row(self, table: Table, row: VocabularyTerm) -> None:
        state = state_of(row)
        table.line(
            "、".join(row.words),
            row.official,
            KINDS[form_of(row).kind],
            partial(chip, STATES[state], TONES[state]),
            row.note or "—",
            f"{chinese_time(row.updated_at)} {row.updated_by}",
            partial(self._draw_actions, row, state),
        )

    def _draw_actions(self, row: VocabularyTerm, state: str) -> None:
        words = "、".join(row.words)
        with ui.row().classes("wz-chips no-wrap"):
            if self._desk.principal.may("knowledge.edit"):
                label = "修改" if state == "live" else "修改、启用"
                edit = attributes(
                    ui.button(icon="edit").props("flat round dense"), aria_label=f"{label}：{words}"
                ).tooltip(label)
                edit.on_click(lambda: TermDialog(self._desk, row, self._changed))
            history = ui.button(icon="history").props("flat round dense").tooltip("历史")
            attributes(history, aria_label=f"历史：{words}")
            history.on_click(partial(show_history, self._desk, row, self._changed, history))
            if state != "off" and self._desk.principal.may("knowledge.publish"):
                stop = ui.button(icon="block").props("flat round dense").tooltip("停用")
                attributes(stop, aria_label=f"停用：{words}")
                stop.on_click(partial(ask_to_disable, self._desk, row, self._changed, stop))

    def _draw_built_in(self, groups: list[TermGroup]) -> None:
        with section("系统词表里已有"):
            ui.label("这些词系统本来就认识，不用再添加。每行第一个是规范词。").classes("wz-muted")
            for group in groups[:SHOWN_GROUPS]:
                ui.label(" · ".join(group.words)).classes("wz-lines")
            if len(groups) > SHOWN_GROUPS:
                ui.label(f"还有 {len(groups) - SHOWN_GROUPS} 组，写得再具体一些就能看到").classes("wz-muted")
