"""What of tickets is due to be forgotten: contacts first, the record itself much later. Open tickets are never touched."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update
from sqlalchemy.orm import Session

from actions.tickets.models import Ticket, TicketEvent, TicketNotice


class OldTickets:
    """Tickets that are over and were last changed before ``cutoff``. ``final``: the statuses in which one is over."""

    def __init__(self, cutoff: datetime, final: Sequence[str]) -> None:
        self._cutoff = cutoff
        self._final = list(final)

    def is_due(self) -> ColumnElement[bool]:
        """Whether a ticket may go."""
        return and_(Ticket.status.in_(self._final), Ticket.updated_at < self._cutoff)

    def count(self, session: Session) -> dict[str, int]:
        """The rows that are due, by table."""
        ids = select(Ticket.id).where(self.is_due())
        events = select(TicketEvent.id).where(TicketEvent.ticket_id.in_(ids))
        return {
            "ticket_notices": _scalar(session, TicketNotice, TicketNotice.event_id.in_(events)),
            "ticket_events": _scalar(session, TicketEvent, TicketEvent.ticket_id.in_(ids)),
            "tickets": _scalar(session, Ticket, self.is_due()),
        }

    def delete_some(self, session: Session, limit: int) -> tuple[dict[str, int], list[str]]:
        """Delete up to ``limit`` tickets with their histories; how many rows went, none when nothing is due."""
        ids = list(session.scalars(select(Ticket.id).where(self.is_due()).limit(limit)))
        if not ids:
            return {}, []
        events = list(session.scalars(select(TicketEvent.id).where(TicketEvent.ticket_id.in_(ids))))
        return {
            "ticket_notices": _rows(session, delete(TicketNotice).where(TicketNotice.event_id.in_(events))),
            "ticket_events": _rows(session, delete(TicketEvent).where(TicketEvent.ticket_id.in_(ids))),
            "tickets": _rows(session, delete(Ticket).where(Ticket.id.in_(ids))),
        }, []


class OldContacts:
    """Telephone numbers and names in tickets that are over; those of tickets that go whole (``tickets``) do not count."""

    def __init__(self, cutoff: datetime, final: Sequence[str], tickets: OldTickets | None) -> None:
        self._over = OldTickets(cutoff, final)
        self._tickets = tickets

    def _is_due(self) -> ColumnElement[bool]:
        known = or_(Ticket.contact_cipher != "", Ticket.contact_name_cipher != "")
        due = and_(self._over.is_due(), known)
        return due if self._tickets is None else and_(due, ~self._tickets.is_due())

    def count(self, session: Session) -> dict[str, int]:
        """How many tickets lose their contact."""
        return {"contacts": _scalar(session, Ticket, self._is_due())}

    def delete_some(self, session: Session, limit: int) -> tuple[dict[str, int], list[str]]:
        """Empty up to ``limit``. The time of the last change stays: it is what the term of the ticket counts from."""
        ids = list(session.scalars(select(Ticket.id).where(self._is_due()).limit(limit)))
        if not ids:
            return {}, []
        emptied = update(Ticket).where(Ticket.id.in_(ids)).values(contact_cipher="", contact_name_cipher="")
        return {"contacts": _rows(session, emptied)}, []


def _scalar(session: Session, model: Any, condition: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(model).where(condition)) or 0


def _rows(session: Session, statement: Any) -> int:
    result: Any = session.execute(statement.execution_options(synchronize_session=False))
    return int(result.rowcount)
