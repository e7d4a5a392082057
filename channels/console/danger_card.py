"""The card of one alert above a conversation: what was spoken of, who looks after it, what came of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from nicegui import ui

from channels.console.danger_desk import DangerDesk
from channels.console.dates import chinese_time
from channels.console.deeds import attempt, told
from channels.console.markup import attributes
from channels.console.widgets import chip, field
from channels.conversations.danger_alerts import LONGEST_NOTE, AlertView

WHAT_NOW = "市民已经看到求助电话。请马上看看这段对话；说出了地点或能找到人的，立即报 110。"


def draw_alert(desk: DangerDesk, alert: AlertView, changed: Callable[[], Awaitable[None]]) -> None:
    """Draw it; ``changed`` is awaited after it was taken or closed."""
    with ui.card().classes("wz-card wz-danger" if not alert.closed_by else "wz-card"):
        with ui.row().classes("wz-card-head"):
            with ui.element("h2"):
                ui.label(f"处境危险：{alert.kind_label}")
            chip(*state_of(alert))
        since = f"{chinese_time(alert.at)}" + (f"，说过 {alert.turns} 次" if alert.turns > 1 else "")
        field("什么时候", since)
        if alert.closed_by:
            field("结果", alert.outcome_label)
            field("谁处理的", alert.closed_by)
            if alert.note:
                field("说明", alert.note)
            return
        ui.label(WHAT_NOW)
        if alert.taken_by:
            field("谁在跟进", alert.taken_by)
        if desk.may_handle:
            with ui.row().classes("wz-actions"):
                if not alert.taken_by:
                    take = ui.button("我来跟进", icon="volunteer_activism").props("unelevated")
                    take.on_click(partial(_take, desk, alert, take, changed))
                ui.button("处理完了", on_click=partial(_CloseDialog, desk, alert, changed)).props("outline")


def state_of(alert: AlertView) -> tuple[str, str]:
    """How far it is, in words, with the tone."""
    if alert.closed_by:
        return "已了结", "neutral"
    return ("有人跟进", "warn") if alert.taken_by else ("等人跟进", "bad")


async def _take(desk: DangerDesk, alert: AlertView, button: ui.button, changed: Callable[[], Awaitable[None]]) -> None:
    def deed() -> bool:
        desk.take(alert)
        return True

    if await attempt(deed, button=button):
        told("已记下：由您跟进")
        await changed()


class _CloseDialog:
    def __init__(self, desk: DangerDesk, alert: AlertView, changed: Callable[[], Awaitable[None]]) -> None:
        self._desk, self._alert, self._changed = desk, alert, changed
        with ui.dialog(value=True).props("persistent") as self._dialog, ui.card().classes("wz-dialog"):
            ui.label("后来怎么样了？").classes("text-h6")
            self._outcome = ui.radio(dict(desk.outcomes)).classes("wz-choices")
            self._note = ui.textarea("说明（市民看不到，可不填）").props("outlined autogrow counter")
            attributes(self._note, maxlength=LONGEST_NOTE)
            self._error = ui.label().classes("wz-dialog-error").props("role=alert")
            self._error.set_visibility(False)
            self._outcome.on_value_change(lambda: self._error.set_visibility(False))
            with ui.row().classes("w-full justify-end"):
                ui.button("取消", on_click=self._dialog.close).props("flat")
                self._button = ui.button("处理完了", on_click=self._close).props("unelevated")

    async def _close(self) -> None:
        self._error.set_visibility(False)

        def deed() -> bool:
            self._desk.close(self._alert, self._outcome.value or "", self._note.value or "")
            return True

        if await attempt(deed, button=self._button, on_error=self._show_error):
            self._dialog.close()
            told("已了结")
            await self._changed()

    def _show_error(self, message: str) -> None:
        self._error.set_text(message)
        self._error.set_visibility(True)
