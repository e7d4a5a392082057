"""One hit test of then beside the same question asked now."""

from __future__ import annotations

import asyncio
from functools import partial

from nicegui import ui
from starlette.requests import Request

from channels.console.dates import chinese_day, chinese_time
from channels.console.desk import ConsoleDesk
from channels.console.hit_list import BANDS
from channels.console.hit_report_view import draw_report
from channels.console.site import Site
from channels.console.widgets import Table, chip, empty_state, heading, section
from knowledge_base.hit_testing.history import Comparison, HitTestNotFound, Movement, Standing
from knowledge_base.hit_testing.models import HitTest
from knowledge_base.hit_testing.report import HitReport

# Probabilities closer than this are shown as the same percentage.
SAME = 0.005


def register(site: Site) -> None:
    """Add the page at ``/knowledge/hit-test/{test_id}``."""

    @ui.page("/knowledge/hit-test/{test_id}")
    async def hit_test_compare(request: Request, test_id: str) -> None:
        async def build(desk: ConsoleDesk) -> None:
            if not (test_id.isascii() and test_id.isdigit() and len(test_id) < 10):
                raise HitTestNotFound
            test, comparison = await asyncio.to_thread(desk.hit_tests.compare, int(test_id))
            _draw(desk, test, comparison)

        await site.show(request, "命中测试：当时和现在", build)


def _draw(desk: ConsoleDesk, test: HitTest, comparison: Comparison) -> None:
    where = desk.hit_tests.region_name(test.region)
    with ui.row().classes("wz-bar"):
        heading(test.question, f"{test.actor} {chinese_time(test.at)} 测试 · {where} · {chinese_day(test.day)}")
        ui.button("回到命中测试", icon="arrow_back", on_click=partial(ui.navigate.to, "/knowledge/hit-test")).props(
            "outline"
        )
    with ui.element("div").classes("wz-pair"):
        _draw_side("当时", comparison.then)
        _draw_side("现在", comparison.now)
    with section("变了什么"):
        _draw_movements(comparison.movements)
    with ui.element("h2"):
        ui.label("现在的详细结果")
    draw_report(comparison.now, desk.hit_tests.region_name)


def _draw_side(title: str, report: HitReport) -> None:
    text, tone = BANDS[report.band]
    with section(title):
        with ui.row().classes("wz-chips"):
            chip(f"助手{text}", tone)
        best = report.hits[0] if report.hits else None
        ui.label(f"第一条：{best.title}（{best.probability:.0%}）" if best else "没有命中任何条目")
        ui.label(f"实际查找：{report.text}").classes("wz-muted")


def _draw_movements(movements: list[Movement]) -> None:
    if not movements:
        empty_state("当时和现在都没有命中", icon="search_off")
        return
    table = Table("当时和现在", ("条目", "当时", "现在", "变化"))
    for one in movements:
        words, tone = change_words(one)
        table.row(f"/knowledge/{one.entry_id}", one.title, _at(one.then), _at(one.now), partial(chip, words, tone))


def _at(standing: Standing | None) -> str:
    return f"第 {standing.rank} · {standing.probability:.0%}" if standing else "不在前列"


def change_words(one: Movement) -> tuple[str, str]:
    """What became of an entry, and the tone of it.

    >>> change_words(Movement("a", "甲", Standing(2, 0.3), Standing(1, 0.7)))
    ('升 1 位，概率 +40 个百分点', 'info')
    """
    if one.then is None or one.now is None:
        return ("新进前列", "info") if one.then is None else ("退出前列", "warn")
    places, points = one.then.rank - one.now.rank, one.now.probability - one.then.probability
    said = [f"{'升' if places > 0 else '降'} {abs(places)} 位"] if places else []
    said += [f"概率 {points * 100:+.0f} 个百分点"] if abs(points) >= SAME else []
    if not said:
        return "没变", "neutral"
    return "，".join(said), "warn" if places < 0 or points <= -SAME else "info"
