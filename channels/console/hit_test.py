"""测试一下: type a question, see what the chat would find right now. The same search as the chat, the same scores."""

from __future__ import annotations

from functools import partial

from nicegui import ui

from channels.console.deeds import attempt
from channels.console.desk import ConsoleDesk
from channels.console.hit_list import BANDS, draw_hit
from channels.console.markup import attributes
from channels.console.widgets import chip, section
from knowledge_base.results import SearchResult

MAX_QUESTION = 500


class HitTest:
    """Draws the box at the present place; ``highlight`` is the entry that is being edited."""

    def __init__(self, desk: ConsoleDesk, highlight: str = "") -> None:
        self._desk = desk
        self._highlight = highlight
        with section("测试一下", extra=lambda: ui.link("详细测试", "/knowledge/hit-test").classes("wz-link")):
            ui.label("用的是已发布的内容，结果和市民问到的一样。").classes("wz-muted")
            with ui.row().classes("w-full items-center no-wrap"):
                self._question = ui.input(placeholder="市民会怎么问？").props("outlined dense")
                attributes(self._question, maxlength=MAX_QUESTION)
                self._question.props('aria-label="测试的问题"').on("keydown.enter", self._ask)
                self._button = ui.button("测试", on_click=self._ask).props("outline")
            self._results = ui.element("div").classes("w-full").props("aria-live=polite")

    async def _ask(self) -> None:
        question = (self._question.value or "").strip()
        if not question:
            self._question.run_method("focus")
            return
        result = await attempt(partial(self._desk.try_question, question), button=self._button)
        if result is not None:
            self._results.clear()
            with self._results:
                self._draw(result)

    def _draw(self, result: SearchResult) -> None:
        text, tone = BANDS[result.band]
        chip(f"助手{text}", tone)
        for hit in result.hits:
            mine = "正在编辑的条目 · " if hit.entry_id == self._highlight else ""
            draw_hit(hit.entry_id, hit.title, hit.probability, f"{mine}匹配“{hit.matched}”")
