"""命中测试: a question, a region and a day; what search finds and why, what the assistant would do; earlier tests."""

from __future__ import annotations

import asyncio
from functools import partial

from nicegui import ui
from starlette.requests import Request

from actions.deciding.look import Look
from channels.console.dates import chinese_day, chinese_time
from channels.console.deeds import attempt
from channels.console.desk import ConsoleDesk
from channels.console.hit_list import BANDS
from channels.console.hit_report_view import draw_report
from channels.console.hit_test import MAX_QUESTION
from channels.console.hit_test_form import PlaceAndDay
from channels.console.markup import attributes
from channels.console.site import Site
from channels.console.widgets import Pager, Results, Table, chip, empty_state, heading, section
from knowledge_base.hit_testing.history import HitTestPage
from knowledge_base.hit_testing.models import HitTest
from knowledge_base.hit_testing.report import HitReport

PAGE = 20


def register(site: Site) -> None:
    """Add the page at ``/knowledge/hit-test``."""

    @ui.page("/knowledge/hit-test")
    async def hit_test(request: Request) -> None:
        async def build(desk: ConsoleDesk) -> None:
            await _HitTestPage(desk).draw()

        await site.show(request, "命中测试", build)


class _HitTestPage:
    def __init__(self, desk: ConsoleDesk) -> None:
        self._desk = desk.hit_tests
        self._may_upload = desk.principal.may("knowledge.edit")
        self._offset = 0
        self._pager = Pager(PAGE, self._turn)

    async def draw(self) -> None:
        """The whole page."""
        made = await asyncio.to_thread(self._load)
        with ui.row().classes("wz-bar"):
            heading("命中测试", "用的就是对话的查找，结果和市民问到的一样。")
            with ui.row().classes("wz-actions"):
                if self._may_upload:
                    ui.button(
                        "批量测试", icon="upload_file", on_click=lambda: ui.navigate.to("/knowledge/hit-test/bulk")
                    ).props("outline")
        self._draw_form()
        self._report = ui.element("div").classes("wz-stack").props("aria-live=polite")
        with section("测试记录"):
            self._history = Results()
            self._draw_history(made)

    def _draw_form(self) -> None:
        with section("问什么，在哪里，哪一天"):
            self._question = ui.input("问题", placeholder="市民会怎么问？").props("outlined dense autofocus")
            attributes(self._question, maxlength=MAX_QUESTION)
            self._question.on("keydown.enter", self._ask)
            with ui.element("div").classes("wz-pair"):
                self._where = PlaceAndDay(self._desk)
            with ui.row().classes("wz-actions"):
                self._button = ui.button("测试", icon="play_arrow", on_click=self._ask).props("unelevated")

    async def _ask(self) -> None:
        question = (self._question.value or "").strip()
        if not question:
            self._question.run_method("focus")
            return
        deed = partial(self._test, question, self._where.region, self._where.day)
        found = await attempt(deed, button=self._button)
        if found is not None:
            self._show(*found)
            await self._turn(0)

    def _test(self, question: str, region: str, day: str) -> tuple[HitReport, Look]:
        _number, report = self._desk.test(question, region, day)
        return report, self._desk.look(question)

    def _show(self, report: HitReport, look: Look) -> None:
        self._report.clear()
        with self._report:
            draw_report(report, self._desk.region_name, look)

    async def _turn(self, offset: int) -> None:
        self._offset = offset
        await self._history.renew(partial(attempt, self._load), self._draw_history)

    def _load(self) -> HitTestPage:
        return self._desk.history(limit=PAGE, offset=self._offset)

    def _draw_history(self, made: HitTestPage) -> None:
        with self._history.place:
            if not made.tests:
                empty_state("还没有测试过", "测试过的问题会留在这里，改了内容以后可以和现在比一比。", icon="history")
                return
            ui.label("打开一次测试，看它当时和现在有什么不同。").classes("wz-muted")
            table = Table("测试记录", ("问题", "当时", "地区", "日期", "谁", "什么时候"))
            for test in made.tests:
                self._draw_row(table, test)
            self._pager.draw(self._offset, len(made.tests), made.total)

    def _draw_row(self, table: Table, test: HitTest) -> None:
        text, tone = BANDS[HitReport.model_validate(test.report).band]
        table.row(
            f"/knowledge/hit-test/{test.id}",
            test.question,
            partial(chip, text, tone),
            self._desk.region_name(test.region),
            chinese_day(test.day),
            test.actor,
            chinese_time(test.at),
        )
