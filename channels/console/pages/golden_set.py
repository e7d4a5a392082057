"""The golden set: every question with how it stands now, and who let changes through that made some worse."""

from __future__ import annotations

import asyncio
from functools import partial

from nicegui import ui
from starlette.requests import Request

from channels.console.dates import chinese_time
from channels.console.desk import ConsoleDesk
from channels.console.reliability_view import draw_reliability
from channels.console.site import Site
from channels.console.widgets import Pager, Table, chip, empty_state, heading, section
from knowledge_base.golden.gate import Verdict
from knowledge_base.golden.models import GateSignOff, GoldenQuestion

PAGE = 50
TONES = {Verdict.ANSWERED: "good", Verdict.OFFERED: "warn", Verdict.MISSED: "bad"}


def register(site: Site) -> None:
    """Add the page at ``/knowledge/golden``."""

    @ui.page("/knowledge/golden")
    async def golden(request: Request) -> None:
        async def build(desk: ConsoleDesk) -> None:
            verdicts = await asyncio.to_thread(desk.golden.verdicts)
            sign_offs = await asyncio.to_thread(desk.golden.sign_offs)
            titles = await asyncio.to_thread(desk.golden.titles)
            _GoldenSet(verdicts, titles, sign_offs).draw()
            if verdicts:
                draw_reliability(await asyncio.to_thread(desk.hit_tests.reliability))

        await site.show(request, "必答问题", build)


class _GoldenSet:
    def __init__(
        self,
        verdicts: list[tuple[GoldenQuestion, Verdict]],
        titles: dict[str, str],
        sign_offs: list[GateSignOff],
    ) -> None:
        self._verdicts = sorted(verdicts, key=lambda pair: (pair[1], pair[0].id))
        self._titles = titles
        self._sign_offs = sign_offs
        self._pager = Pager(PAGE, self._turn)

    def draw(self) -> None:
        """The whole page."""
        with ui.row().classes("wz-bar"):
            heading("必答问题", "每次发布前都会重问一遍，谁变差了一目了然。在条目页面上添加。")
        if not self._verdicts:
            empty_state("还没有必答问题", "打开一个条目，在“必答问题”里写下市民最常问的几句。", icon="verified")
        else:
            counts = {one: sum(verdict == one for _, verdict in self._verdicts) for one in Verdict}
            with ui.row().classes("wz-actions"):
                for verdict in reversed(Verdict):
                    chip(f"{verdict.label} {counts[verdict]}", TONES[verdict])
            self._list = ui.element("div").classes("wz-stack").props("aria-live=polite")
            self._turn(0)
        if self._sign_offs:
            self._draw_sign_offs()

    def _turn(self, offset: int) -> None:
        shown = self._verdicts[offset : offset + PAGE]
        self._list.clear()
        with self._list:
            table = Table("必答问题", ("问题", "现在", "应由哪条回答", "谁加的"))
            for one, verdict in shown:
                table.row(
                    f"/knowledge/{one.entry_id}",
                    one.question,
                    partial(chip, verdict.label, TONES[verdict]),
                    self._titles.get(one.entry_id, one.entry_id),
                    one.added_by,
                )
            self._pager.draw(offset, len(shown), len(self._verdicts))

    def _draw_sign_offs(self) -> None:
        with section("写明理由后仍然发布的改动"):
            table = Table("写明理由后仍然发布的改动", ("条目", "谁", "何时", "理由", "变差的问题"))
            for one in self._sign_offs:
                worse = "、".join(str(change["question"]) for change in one.worse)
                table.line(
                    self._titles.get(one.object_id, one.object_id), one.actor, chinese_time(one.at), one.reason, worse
                )
