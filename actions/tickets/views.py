"""Tickets as other rooms see them: plain, frozen, without ciphertext."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from actions.tickets.catalogue import CITIZEN, TicketCatalogue
from actions.tickets.models import Ticket, TicketEvent

SUMMARY_LENGTH = 60


@dataclass(frozen=True)
class EventView:
    """One line of the history. ``text`` is what staff read, ``citizen_text`` what the citizen reads if ``visible``."""

    at: datetime
    actor: str
    action: str
    action_label: str
    from_status: str
    to_status: str
    text: str
    citizen_text: str
    visible: bool


@dataclass(frozen=True, kw_only=True)
class TicketView:
    """A ticket in a list or on a card.

    ``due_at`` is the limit that runs now, ``due_label`` says what for; ``overdue`` is derived from it.
    ``due_certain`` is False where the limit crosses a year whose holidays are not announced yet. ``history`` holds
    the lines the citizen may see; it is empty in lists.
    """

    number: str
    kind: str
    kind_label: str
    status: str
    status_label: str
    status_text: str
    final: bool
    summary: str
    where: str = ""
    department: str
    department_label: str
    due_at: datetime | None
    due_label: str
    due_certain: bool
    overdue: bool
    version: int
    created_at: datetime
    updated_at: datetime
    history: tuple[EventView, ...] = ()


@dataclass(frozen=True)
class SuggestionView:
    """The department that was suggested when the ticket was filed; empty where the model was not sure.

    ``probability`` (0–1) is that of the function of government; None for tickets that no model has seen. ``words`` are
    those that decided, joined by 、.
    """

    department: str
    department_label: str
    function_label: str
    probability: float | None
    words: str


@dataclass(frozen=True, kw_only=True)
class TicketDetail(TicketView):
    """A ticket as staff work on it; ``history`` is complete. Contact data stays closed, see ``reveal_contact``, and so does
    personal data in the story: ``what`` is masked, ``hides`` says whether that hides anything; see ``reveal_story``.
    """

    what: str
    hides: bool
    when: str
    anonymous: bool
    has_contact: bool
    conversation_id: str
    suggestion: SuggestionView
    accept_due_at: datetime
    reply_due_at: datetime


@dataclass(frozen=True)
class Contact:
    """How to reach the citizen; empty where they did not say."""

    phone: str
    name: str


@dataclass(frozen=True)
class FiledTicket:
    """A ticket just filed, with the query code that only its citizen gets: in clear, and as it may be kept or sent on."""

    ticket: TicketView
    code: str
    sealed_code: str


class ViewMaker:
    """Makes views of rows; ``mask`` hides personal data in what lists and cards show."""

    def __init__(self, catalogue: TicketCatalogue, mask: Callable[[str], str], now: Callable[[], datetime]) -> None:
        self._catalogue = catalogue
        self._mask = mask
        self._now = now

    def listed(self, ticket: Ticket) -> TicketView:
        """A line of a list, without history."""
        return TicketView(**self._common(ticket))

    def for_citizen(self, ticket: Ticket) -> TicketView:
        """The ticket with the part of its history that the citizen may see."""
        return TicketView(**self._common(ticket), history=self._history(ticket, visible_only=True))

    def for_staff(self, ticket: Ticket) -> TicketDetail:
        """The ticket with all of its history."""
        story = self._mask(ticket.what)
        history = [self._closed(event) for event in self._history(ticket, visible_only=False)]
        return TicketDetail(
            **self._common(ticket),
            history=tuple(event for event, _ in history),
            what=story,
            hides=story != ticket.what or any(hidden for _, hidden in history),
            when=ticket.when,
            anonymous=ticket.anonymous,
            has_contact=bool(ticket.contact_cipher),
            conversation_id=ticket.conversation_id,
            suggestion=self._suggestion(ticket),
            accept_due_at=ticket.accept_due_at,
            reply_due_at=ticket.reply_due_at,
        )

    def _suggestion(self, ticket: Ticket) -> SuggestionView:
        return SuggestionView(
            department=ticket.suggested_department,
            department_label=self._catalogue.department_name(ticket.suggested_department),
            function_label=self._catalogue.function_label(ticket.suggested_function),
            probability=ticket.suggested_probability,
            words=ticket.suggested_words,
        )

    def _common(self, ticket: Ticket) -> dict[str, Any]:
        status = self._catalogue.statuses[ticket.status]
        return {
            "number": ticket.number,
            "kind": ticket.kind,
            "kind_label": self._catalogue.kinds[ticket.kind].label,
            "status": ticket.status,
            "status_label": status.label,
            "status_text": status.citizen,
            "final": status.final,
            "summary": self._summary(ticket.what),
            "where": ticket.where,
            "department": ticket.department,
            "department_label": self._catalogue.department_name(ticket.department) if ticket.department else "",
            "due_at": ticket.due_at,
            "due_label": status.due_label,
            "due_certain": ticket.due_certain,
            "overdue": ticket.due_at is not None and self._now() > ticket.due_at,
            "version": ticket.version,
            "created_at": ticket.created_at,
            "updated_at": ticket.updated_at,
        }

    def _summary(self, text: str) -> str:
        # Masked before it is cut: half a telephone number would not be recognised any more.
        line = " ".join(self._mask(text).split())
        return line if len(line) <= SUMMARY_LENGTH else line[: SUMMARY_LENGTH - 1] + "…"

    def _history(self, ticket: Ticket, *, visible_only: bool) -> tuple[EventView, ...]:
        return tuple(self._event(event) for event in ticket.events if event.visible_to_citizen or not visible_only)

    def _closed(self, event: EventView) -> tuple[EventView, bool]:
        """An event with personal data masked in what the citizen wrote, and whether that hides anything."""
        if event.actor != CITIZEN:
            return event, False
        closed = replace(event, text=self._mask(event.text), citizen_text=self._mask(event.citizen_text))
        return closed, closed != event

    def _event(self, event: TicketEvent) -> EventView:
        return EventView(
            at=event.at,
            actor=event.actor,
            action=event.action,
            action_label=self._catalogue.action_label(event.action),
            from_status=event.from_status,
            to_status=event.to_status,
            text=event.text,
            citizen_text=event.citizen_text,
            visible=event.visible_to_citizen,
        )
