"""One ticket: what the citizen said, what happened since, what can be done now."""

from __future__ import annotations

import asyncio
from functools import partial

from nicegui import ui
from starlette.requests import Request

from actions.tickets.errors import TicketNotFound
from actions.tickets.state_machine import Transition
from actions.tickets.views import EventView, TicketDetail
from channels.console.dates import chinese_time
from channels.console.deeds import attempt
from channels.console.desk import ConsoleDesk
from channels.console.pages.ticket_list import draw_deadline, ticket_chip
from channels.console.site import Site
from channels.console.suggestion import suggestion_text
from channels.console.ticket_dialog import TicketDialog
from channels.console.widgets import chip, empty_state, field, heading, section

CITIZEN = "citizen"
PRIMARY = ("accept", "assign", "reply", "close")


def register(site: Site) -> None:
    """Add the page at ``/tickets/{number}``."""

    @ui.page("/tickets/{number}")
    async def ticket(request: Request, number: str) -> None:
        async def build(desk: ConsoleDesk) -> None:
            await TicketPage(desk, number).draw()

        await site.show(request, f"工单 {number}", build)


class TicketPage:
    """The page of one ticket; drawn anew after each action."""

    def __init__(self, desk: ConsoleDesk, number: str) -> None:
        self._desk = desk
        self._number = number

    async def draw(self) -> None:
        """The whole page."""
        ticket, actions = await asyncio.to_thread(self._load)
        self._box = ui.element("div").classes("wz-stack")
        self._fill(ticket, actions)

    def _load(self) -> tuple[TicketDetail, list[Transition]]:
        return self._desk.ticket(self._number), self._desk.ticket_actions(self._number)

    async def _refresh(self) -> None:
        loaded = await attempt(self._load_if_seen)
        if loaded is None:
            return
        self._box.clear()
        if loaded:
            self._fill(*loaded[0])
        else:
            with self._box:
                empty_state("工单已经转走了", "它现在不在您的账号能看的范围里。", icon="assignment_turned_in")

    def _load_if_seen(self) -> list[tuple[TicketDetail, list[Transition]]]:
        """The ticket as it is now; nothing where the last deed took it out of this person's sight: 派单, 退单."""
        try:
            return [self._load()]
        except TicketNotFound:
            return []

    def _fill(self, ticket: TicketDetail, actions: list[Transition]) -> None:
        with self._box:
            with ui.row().classes("wz-bar"):
                heading(f"{ticket.kind_label}工单 {ticket.number}", f"{chinese_time(ticket.created_at)}登记")
                with ui.row().classes("wz-actions"):
                    ticket_chip(ticket)
                    if ticket.overdue:
                        chip("已超期", "bad")
            with ui.element("div").classes("wz-grid"):
                with ui.element("div").classes("wz-stack"):
                    self._draw_request(ticket)
                    self._draw_history(ticket)
                with ui.element("div").classes("wz-stack wz-sticky"):
                    self._draw_actions(ticket, actions)
                    self._draw_handling(ticket)
                    self._draw_contact(ticket)

    def _draw_request(self, ticket: TicketDetail) -> None:
        with section("市民反映的事"):
            story = ui.element("div").classes("w-full")
            with story:
                field("事情经过", ticket.what)
            if ticket.hides and self._desk.principal.may("tickets.contact"):
                with ui.row().classes("wz-actions"):
                    button = ui.button("查看原文", icon="visibility").props("outline dense")
                    ui.label("里面的个人信息已隐去；查看会记入工单历史。").classes("wz-muted")
                button.on_click(lambda: self._reveal_story(button, story))
            field("地点", ticket.where)
            field("时间", ticket.when)

    def _draw_actions(self, ticket: TicketDetail, actions: list[Transition]) -> None:
        with section("可以做的"):
            if not actions:
                text = "这件工单已经结束。" if ticket.final else "您的账号只能查看这件工单。"
                ui.label(text).classes("wz-muted")
                return
            with ui.row().classes("wz-actions"):
                for action in sorted(actions, key=lambda one: one.action not in PRIMARY):
                    dialog = partial(TicketDialog, self._desk, ticket, action, self._refresh)
                    button = ui.button(action.label, on_click=lambda open_=dialog: open_())
                    button.props("unelevated" if action.action in PRIMARY else "outline")

    @staticmethod
    def _draw_handling(ticket: TicketDetail) -> None:
        with section("办理"):
            not_assigned = "未派单" if ticket.final else f"未派单，{suggestion_text(ticket.suggestion)}"
            field("承办单位", ticket.department_label or not_assigned)
            with ui.element("div").classes("wz-field"):
                ui.label(ticket.due_label or "办理期限").classes("wz-field-label")
                draw_deadline(ticket)

    def _draw_contact(self, ticket: TicketDetail) -> None:
        with section("联系方式"):
            if ticket.anonymous:
                ui.label("市民选择了匿名。").classes("wz-muted")
            elif not ticket.has_contact:
                ui.label("市民没有留下联系方式。").classes("wz-muted")
            elif not self._desk.principal.may("tickets.contact"):
                ui.label("您的账号不能查看联系方式。").classes("wz-muted")
            else:
                ui.label("查看会记入工单历史。").classes("wz-muted")
                box = ui.element("div").classes("w-full")
                button = ui.button("查看联系方式", icon="visibility").props("outline")
                button.on_click(lambda: self._reveal(button, box))

    async def _reveal_story(self, button: ui.button, place: ui.element) -> None:
        story = await attempt(partial(self._desk.story, self._number), button=button)
        if story is not None:
            button.set_visibility(False)
            place.clear()
            with place:
                field("事情经过", story)

    async def _reveal(self, button: ui.button, box: ui.element) -> None:
        contact = await attempt(partial(self._desk.contact, self._number), button=button)
        if contact is not None:
            button.set_visibility(False)
            with box:
                field("称呼", contact.name)
                field("电话", contact.phone)

    @staticmethod
    def _draw_history(ticket: TicketDetail) -> None:
        with section("办理经过"), ui.element("div").classes("wz-timeline"):
            for event in reversed(ticket.history):
                _draw_event(event)


def _draw_event(event: EventView) -> None:
    with ui.element("div").classes("wz-event"):
        ui.label(event.action_label).classes("wz-person-name")
        actor = "市民" if event.actor == CITIZEN else event.actor
        ui.label(f"{chinese_time(event.at)} · {actor}").classes("wz-muted")
        if event.text and event.text not in event.citizen_text:
            ui.label(event.text).classes("wz-event-text")
        if event.visible:
            ui.label(f"市民看到：{event.citizen_text}").classes("wz-event-text")
