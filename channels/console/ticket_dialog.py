"""The dialog of one ticket action: the words it takes, the department, what the citizen will be told."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from nicegui import ui

from actions.tickets.state_machine import Transition
from actions.tickets.views import TicketDetail, TicketView
from channels.console.deeds import attempt, told
from channels.console.desk import ConsoleDesk
from channels.console.markup import attributes
from channels.console.suggestion import preselected, suggestion_text

MAX_TEXT = 2000
# What the words are for; by action, where the general label does not say it.
TEXT_LABELS = {
    "reply": "答复内容（市民会看到）",
    "decline": "不予受理的原因（市民会看到）",
    "extend": "延期的原因（市民会看到）",
    "return": "退单的原因（市民看不到）",
    "assign": "给承办单位的说明（市民看不到）",
    "close": "办结说明（市民看不到）",
}


class TicketDialog:
    """Opens at once; ``done`` is awaited after the action succeeded. Errors are shown inside, nothing typed is lost."""

    def __init__(
        self, desk: ConsoleDesk, ticket: TicketDetail, action: Transition, done: Callable[[], Awaitable[None]]
    ) -> None:
        self._desk = desk
        self._ticket = ticket
        self._action = action
        self._done = done
        self._text: ui.textarea | None = None
        self._department: ui.select | None = None
        with ui.dialog(value=True).props("persistent") as self._dialog, ui.card().classes("wz-dialog"):
            ui.label(f"{action.label}：{ticket.number}").classes("text-h6")
            if action.to != ticket.status:
                ui.label(f"状态会从“{ticket.status_label}”变为“{action.to_label}”。")
            if action.notifies:
                ui.label("市民会立刻在对话里收到通知。").classes("wz-muted")
            self._draw_inputs()
            self._error = ui.label().classes("wz-dialog-error").props("role=alert")
            self._error.set_visibility(False)
            with ui.row().classes("w-full justify-end"):
                ui.button("取消", on_click=self._dialog.close).props("flat")
                self._button = ui.button(action.label, on_click=self._carry_out).props("unelevated")

    def _draw_inputs(self) -> None:
        if self._action.department_required:
            suggestion, departments = self._ticket.suggestion, self._desk.departments
            self._department = ui.select(
                departments, value=preselected(suggestion, departments), label="承办单位", with_input=True
            ).props("outlined")
            ui.label(suggestion_text(suggestion)).classes("wz-muted")
        if self._action.text_allowed:
            optional = "" if self._action.text_required else "，可不填"
            label = TEXT_LABELS.get(self._action.action, "说明") + optional
            self._text = ui.textarea(label).props("outlined autogrow counter")
            attributes(self._text, maxlength=MAX_TEXT)
            if self._department is None:
                self._text.props("autofocus")

    async def _carry_out(self) -> None:
        self._error.set_visibility(False)
        view = await attempt(self._deed(), button=self._button, on_error=self._show_error)
        if view is None:
            return
        self._dialog.close()
        told(f"{self._action.label}成功，现在是“{view.status_label}”")
        await self._done()

    def _deed(self) -> Callable[[], TicketView]:
        return partial(
            self._desk.change_ticket,
            self._ticket.number,
            self._action.action,
            text=(self._text.value or "") if self._text else "",
            department=(self._department.value or "") if self._department else "",
            expected_version=self._ticket.version,
        )

    def _show_error(self, message: str) -> None:
        self._error.set_text(message)
        self._error.set_visibility(True)
