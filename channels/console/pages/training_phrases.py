"""The training phrases that staff collected, and whether the dialogue has learned them."""

from __future__ import annotations

import asyncio
from functools import partial

from nicegui import ui
from starlette.requests import Request

from channels.console.dates import chinese_time
from channels.console.desk import ConsoleDesk
from channels.console.site import Site
from channels.console.turn_actions import LATER
from channels.console.widgets import Pager, Table, chip, empty_state, heading
from channels.conversations.models import TrainingPhrase

PAGE = 50


def register(site: Site) -> None:
    """Add the page at ``/conversations/training``."""

    @ui.page("/conversations/training")
    async def training(request: Request) -> None:
        async def build(desk: ConsoleDesk) -> None:
            phrases = await asyncio.to_thread(desk.transcripts.training_phrases)
            _TrainingPhrases(desk, phrases).draw()

        await site.show(request, "训练语句", build)


class _TrainingPhrases:
    def __init__(self, desk: ConsoleDesk, phrases: list[TrainingPhrase]) -> None:
        self._intents = desk.transcripts.intents
        self._phrases = phrases
        self._pager = Pager(PAGE, self._turn)

    def draw(self) -> None:
        """The whole page."""
        heading("训练语句", f"从对话里收集的例句，{LATER}。要撤销，请回到那段对话。")
        if not self._phrases:
            empty_state("还没有训练语句", "在对话记录里，把助手没听懂的话“作为训练语句”。", icon="school")
            return
        self._list = ui.element("div").classes("wz-stack")
        self._turn(0)

    def _turn(self, offset: int) -> None:
        shown = self._phrases[offset : offset + PAGE]
        self._list.clear()
        with self._list:
            table = Table("训练语句", ["语句", "意思", "状态", "谁加的", "时间"])
            for one in shown:
                state = ("已训练", "good") if one.trained_at else ("下次训练后生效", "warn")
                table.line(
                    one.text,
                    self._intents.get(one.intent, one.intent),
                    partial(chip, *state),
                    one.added_by,
                    chinese_time(one.added_at),
                )
            self._pager.draw(offset, len(shown), len(self._phrases))
