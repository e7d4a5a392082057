"""Conversations of citizens: found by day, what came of them, rating and words."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, time, timedelta
from functools import partial
from urllib.parse import urlencode

from nicegui import ui
from starlette.requests import Request

from actions.tickets.legal_clock import BEIJING
from channels.console.dates import chinese_time
from channels.console.deeds import attempt, replace_address
from channels.console.desk import ConsoleDesk
from channels.console.site import Site
from channels.console.turn_labels import decision_label, decisions, label, turn_labels
from channels.console.widgets import Pager, Results, Table, chip, empty_state, heading
from channels.conversations.reader import ConversationLine, Sought
from knowledge_base.validity import today

PAGE = 50
FILTERS = ("since", "until", "decision", "feedback", "q")
# What is listed at first; without a beginning all that was ever said would be looked through.
DAYS = 30


def register(site: Site) -> None:
    """Add the page at ``/conversations``."""

    @ui.page("/conversations")
    async def conversations(
        request: Request, since: str = "", until: str = "", decision: str = "", feedback: str = "", q: str = ""
    ) -> None:
        async def build(desk: ConsoleDesk) -> None:
            chosen = {"since": since, "until": until, "decision": decision, "feedback": feedback, "q": q}
            await _ConversationList(desk, chosen).draw()

        await site.show(request, "对话记录", build)


def begin_of(day: str, *, after: int = 0) -> datetime | None:
    """When a day of the city begins (``after``: so many days later); None for what is no day.

    >>> begin_of("2026-11-21", after=1).isoformat()
    '2026-11-22T00:00:00+08:00'
    """
    try:
        return datetime.combine(date.fromisoformat(day) + timedelta(days=after), time(), BEIJING)
    except (ValueError, OverflowError):
        return None


class _ConversationList:
    def __init__(self, desk: ConsoleDesk, chosen: dict[str, str]) -> None:
        self._desk = desk.transcripts
        self._chosen = chosen
        if not any(chosen.values()):
            self._chosen = chosen | {"since": (today() - timedelta(days=DAYS - 1)).isoformat()}
        for name, known in (("decision", decisions()), ("feedback", turn_labels()["feedback"])):
            if self._chosen[name] not in known:
                self._chosen[name] = ""
        self._offset = 0
        self._pager = Pager(PAGE, self._turn)

    async def draw(self) -> None:
        """The whole page."""
        lines = await asyncio.to_thread(self._load)
        with ui.row().classes("wz-bar"):
            heading("对话记录", "市民问了什么、助手怎么答的。个人信息已经隐去，查看会记入操作记录。")
            ui.button("训练语句", on_click=lambda: ui.navigate.to("/conversations/training")).props("flat")
        self._draw_filters()
        self._results = Results()
        self._draw_results(lines)

    def _draw_filters(self) -> None:
        with ui.row().classes("wz-filters"):
            search = ui.input(placeholder="搜索市民的问题", value=self._chosen["q"]).classes("wz-search")
            search.props('outlined dense debounce=300 clearable type=search aria-label="搜索市民的问题"')
            self._listen(search, "q")
            for name, words in (("since", "从"), ("until", "到")):
                day = ui.input(words, value=self._chosen[name])
                self._listen(day.props("outlined dense type=date stack-label").classes("wz-slim"), name)
            self._choice("decision", "结果", {"": "全部结果", **decisions()})
            self._choice("feedback", "评价", {"": "不限评价", **turn_labels()["feedback"]})

    def _choice(self, name: str, words: str, options: dict[str, str]) -> None:
        self._listen(
            ui.select(options, value=self._chosen[name], label=words).props("outlined dense").classes("wz-slim"), name
        )

    def _listen(self, element: ui.input | ui.select, name: str) -> None:
        element.on_value_change(lambda event: self._filter(name, event.value or ""))

    async def _filter(self, name: str, value: str) -> None:
        self._chosen[name] = value
        wanted = {key: self._chosen[key] for key in FILTERS if self._chosen[key]}
        replace_address("/conversations?" + urlencode(wanted))
        await self._turn(0)

    async def _turn(self, offset: int) -> None:
        self._offset = offset
        await self._results.renew(partial(attempt, self._load), self._draw_results)

    def _load(self) -> list[ConversationLine]:
        chosen = self._chosen
        sought = Sought(
            begin_of(chosen["since"]), begin_of(chosen["until"], after=1), chosen["decision"], chosen["feedback"],
            chosen["q"].strip(),
        )  # fmt: skip
        return self._desk.conversations(sought, limit=PAGE, offset=self._offset)

    def _draw_results(self, lines: list[ConversationLine]) -> None:
        with self._results.place:
            if not lines:
                empty_state("没有符合条件的对话", "换个日期、结果或者词再试试。", icon="forum")
                return
            table = Table("对话记录", ["最近的问题", "结果", "评价", "条数", "渠道", "时间"])
            for one in lines:
                table.row(
                    f"/conversations/{one.id}?turn={one.newest.id}",
                    one.newest.text or "（没有文字）",
                    partial(chip, *decision_label(one.newest.decision)),
                    _ratings(one),
                    f"{one.turns} 条",
                    label("channels", one.channel),
                    chinese_time(one.newest.created_at),
                )
            self._pager.draw(self._offset, len(lines))


def _ratings(one: ConversationLine) -> str:
    counts = {"up": one.up, "down": one.down}
    return "、".join(f"{label('feedback', code)} {count}" for code, count in counts.items() if count) or "—"
