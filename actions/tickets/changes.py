"""Changing a ticket: one action, checked against the state machine, in one transaction with its event and notice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified
from sqlalchemy.orm.exc import StaleDataError

from actions.messages import Part, StaffPart
from actions.tickets.cards import ticket_card
from actions.tickets.catalogue import Action, TicketCatalogue
from actions.tickets.drafts import MAX_TEXT
from actions.tickets.errors import (
    DepartmentRequired,
    IllegalTransition,
    TextRequired,
    TicketNotFound,
    TooSoon,
    VersionConflict,
)
from actions.tickets.legal_clock import LegalClock, chinese_date
from actions.tickets.models import Ticket, TicketEvent, TicketNotice
from actions.tickets.scope import TicketScope
from actions.tickets.state_machine import StateMachine
from actions.tickets.views import ViewMaker
from bot.database import SessionFactory

ATTEMPTS = 5


@dataclass(frozen=True)
class Deed:
    """Who wants to do what with a ticket. ``key`` makes a citizen's deed happen once; staff give a version instead."""

    action: str
    actor: str
    by_citizen: bool
    text: str = ""
    department: str = ""
    expected_version: int | None = None
    key: str | None = None


class TicketChanges:
    """Carries deeds out."""

    def __init__(
        self,
        sessions: SessionFactory,
        catalogue: TicketCatalogue,
        machine: StateMachine,
        clock: LegalClock,
        views: ViewMaker,
        now: Callable[[], datetime],
    ) -> None:
        self._sessions = sessions
        self._catalogue = catalogue
        self._machine = machine
        self._clock = clock
        self._views = views
        self._now = now

    def carry_out(self, number: str, deed: Deed, scope: TicketScope) -> tuple[Ticket, int]:
        """The changed ticket, events loaded, and the id of the event; a repeated key changes nothing.

        Raises TicketNotFound, IllegalTransition (TooSoon), TextRequired, DepartmentRequired or VersionConflict.
        """
        for _ in range(ATTEMPTS):
            try:
                with self._sessions() as session, session.begin():
                    return self._carry_out_once(session, number, deed, scope)
            except (StaleDataError, IntegrityError):
                # Another deed came between: look again. A stale expected_version is then refused by name.
                continue
        raise VersionConflict(self._catalogue.words("conflict", number=number))

    def _carry_out_once(self, session: Session, number: str, deed: Deed, scope: TicketScope) -> tuple[Ticket, int]:
        ticket = session.scalar(select(Ticket).where(Ticket.number == number, scope.condition()))
        if ticket is None:
            raise TicketNotFound(self._catalogue.words("not_seen"))
        done = [event for event in ticket.events if deed.key is not None and event.action_key == deed.key]
        if done:
            return ticket, done[0].id
        action = self._action(deed)
        if deed.expected_version not in (None, ticket.version):
            raise VersionConflict(self._catalogue.words("conflict", number=number))
        target = self._target(ticket, deed.action, action)
        text = self._checked_text(action, deed.text)
        department = self._checked_department(ticket, action, deed.department)
        self.check_frequency(ticket, deed.action)
        start, ticket.status, ticket.department = ticket.status, target, department
        self._set_due(ticket, action)
        ticket.updated_at = self._now()
        flag_modified(ticket, "updated_at")  # so that the version rises even if nothing else of the row changed
        event = self._event(ticket, start, deed, action, text)
        ticket.events.append(event)
        session.flush()
        notice = self._notice(ticket, action, text)
        if notice is not None:
            session.add(TicketNotice(event_id=event.id, conversation_id=ticket.conversation_id, part=notice))
        return ticket, event.id

    def check_frequency(self, ticket: Ticket, name: str) -> None:
        """Raise IllegalTransition if the action was done as often as allowed, TooSoon if it must wait."""
        action = self._catalogue.actions[name]
        times = [event.at for event in ticket.events if event.action == name]
        if action.times is not None and len(times) >= action.times:
            raise IllegalTransition(self._catalogue.words("used_up", number=ticket.number, label=action.label))
        if action.every_hours is not None and times:
            wait = max(times) + timedelta(hours=action.every_hours) - self._now()
            if wait > timedelta(0):
                hours = ceil(wait / timedelta(hours=1))
                raise TooSoon(self._catalogue.words("too_soon", hours=hours), hours=hours)
        if action.due == "extend" and ticket.reply_due_at >= ticket.latest_due_at:
            raise IllegalTransition(self._catalogue.words("no_more_time", number=ticket.number))

    def _action(self, deed: Deed) -> Action:
        action = self._catalogue.actions.get(deed.action)
        if action is None or action.for_citizen != deed.by_citizen:
            raise IllegalTransition(self._catalogue.words("unknown_action", action=deed.action))
        return action

    def _target(self, ticket: Ticket, name: str, action: Action) -> str:
        target = self._machine.target(ticket.status, name)
        if target is None:
            status = self._catalogue.statuses[ticket.status].label
            message = self._catalogue.words("illegal", number=ticket.number, status=status, label=action.label)
            raise IllegalTransition(message)
        return target

    def _checked_text(self, action: Action, text: str) -> str:
        trimmed = text.strip() if action.text != "none" else ""
        if action.text == "required" and not trimmed:
            raise TextRequired(self._catalogue.words("text_required", label=action.label))
        if len(trimmed) > MAX_TEXT:
            raise TextRequired(self._catalogue.words("text_too_long", limit=MAX_TEXT))
        return trimmed

    def _checked_department(self, ticket: Ticket, action: Action, department: str) -> str:
        if action.department == "clear":
            return ""
        if action.department == "keep":
            return ticket.department
        if not department:
            raise DepartmentRequired(self._catalogue.words("department_required"))
        if department not in self._catalogue.departments:
            raise DepartmentRequired(self._catalogue.words("department_unknown", department=department))
        return department

    def _set_due(self, ticket: Ticket, action: Action) -> None:
        if action.due == "extend":
            limit = self._catalogue.time_limits[self._catalogue.kinds[ticket.kind].extension]
            extended = self._clock.due(ticket.reply_due_at, limit)
            ticket.reply_due_at = min(extended.at, ticket.latest_due_at)
            ticket.due_certain = ticket.due_certain and extended.certain
        running = {"accept": ticket.accept_due_at, "reply": ticket.reply_due_at, "none": None}
        ticket.due_at = running[self._catalogue.statuses[ticket.status].due]

    def _event(self, ticket: Ticket, start: str, deed: Deed, action: Action, text: str) -> TicketEvent:
        return TicketEvent(
            action_key=deed.key,
            actor=deed.actor,
            action=deed.action,
            from_status=start,
            to_status=ticket.status,
            text=text,
            citizen_text=self._filled(action.history, ticket, text),
            visible_to_citizen=bool(action.history),
            at=self._now(),
        )

    def _notice(self, ticket: Ticket, action: Action, text: str) -> dict[str, object] | None:
        if action.notify is None:
            return None
        words = self._filled(action.notify.words, ticket, text)
        view = self._views.listed(ticket)
        part: Part = ticket_card(view, text=words)
        if action.notify.part == "staff":
            part = StaffPart(text=words, author=view.department_label, ticket_number=ticket.number)
        return part.model_dump(mode="json")

    def _filled(self, words: str, ticket: Ticket, text: str) -> str:
        return words.format(
            number=ticket.number,
            department=self._catalogue.department_name(ticket.department),
            due=chinese_date(ticket.due_at) if ticket.due_at else "",
            text=text,
        )
