"""Reading the register of tickets: lists by deadline, counts, one ticket in full."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, selectinload

from actions.tickets.catalogue import CITIZEN, TicketCatalogue
from actions.tickets.errors import TicketNotFound
from actions.tickets.models import Ticket, TicketEvent
from actions.tickets.scope import TicketScope
from actions.tickets.views import Contact
from bot.database import SessionFactory
from bot.security.encryption import FieldCipher

MAX_PAGE = 500
OVERDUE = "overdue"
CLOSED = "closed"


class TicketRegister:
    """Reads tickets; opening contact data is the one read that leaves a trace."""

    def __init__(
        self, sessions: SessionFactory, catalogue: TicketCatalogue, cipher: FieldCipher, now: Callable[[], datetime]
    ) -> None:
        self._sessions = sessions
        self._catalogue = catalogue
        self._cipher = cipher
        self._now = now

    def page(self, scope: TicketScope, *, status: str | None, query: str, limit: int, offset: int) -> list[Ticket]:
        """Tickets by deadline, those without one last; ``status`` may also be ``overdue``."""
        chosen = select(Ticket).where(scope.condition())
        if status == OVERDUE:
            chosen = chosen.where(Ticket.due_at < self._now())
        elif status is not None:
            chosen = chosen.where(Ticket.status == status)
        if query.strip():
            columns = (Ticket.number, Ticket.what, Ticket.where)
            chosen = chosen.where(or_(*(column.contains(query.strip(), autoescape=True) for column in columns)))
        by_deadline = chosen.order_by(Ticket.due_at.is_(None), Ticket.due_at, Ticket.id.desc())
        with self._sessions() as session:
            return list(session.scalars(by_deadline.limit(min(max(limit, 0), MAX_PAGE)).offset(max(offset, 0))))

    def counts(self, scope: TicketScope) -> dict[str, int]:
        """How many tickets each status has, and ``overdue``."""
        seen = scope.condition()
        with self._sessions() as session:
            by_status = select(Ticket.status, func.count()).where(seen).group_by(Ticket.status)
            counted = dict(session.execute(by_status).tuples().all())
            late = select(func.count()).select_from(Ticket).where(seen, Ticket.due_at < self._now())
            overdue = session.scalar(late) or 0
        return {status: counted.get(status, 0) for status in self._catalogue.statuses} | {OVERDUE: overdue}

    def ticket(self, number: str, scope: TicketScope) -> Ticket:
        """One ticket with its events loaded; raises TicketNotFound."""
        with self._sessions() as session:
            return self._find(session, number, scope)

    def by_number(self, number: str) -> Ticket | None:
        """The ticket with this number, events loaded, for a citizen who has shown that it is theirs."""
        wanted = select(Ticket).where(Ticket.number == number).options(selectinload(Ticket.events))
        with self._sessions() as session:
            return session.scalar(wanted)

    def last_of(self, conversation_id: str) -> Ticket | None:
        """The ticket that a conversation filed last, events loaded."""
        newest = select(Ticket).where(Ticket.conversation_id == conversation_id).order_by(Ticket.id.desc()).limit(1)
        with self._sessions() as session:
            return session.scalar(newest.options(selectinload(Ticket.events)))

    def closed(self, limit: int) -> list[Ticket]:
        """The newest tickets that a department has handled to the end, without their events."""
        handled = select(Ticket).where(Ticket.status == CLOSED, Ticket.department != "")
        with self._sessions() as session:
            return list(session.scalars(handled.order_by(Ticket.id.desc()).limit(limit)))

    def reveal_contact(self, number: str, actor: str, scope: TicketScope) -> Contact:
        """The contact in clear; who looked is written to the history before it is returned."""
        with self._sessions() as session, session.begin():
            ticket = self._find(session, number, scope)
            session.add(self._looked(ticket, actor, "reveal_contact"))
            phone, name = (
                self._cipher.decrypt_or(sealed, self._catalogue.words("unreadable"), what=f"{what} of ticket {number}")
                if sealed
                else ""
                for what, sealed in (("telephone", ticket.contact_cipher), ("name", ticket.contact_name_cipher))
            )
        return Contact(phone=phone, name=name)

    def reveal_story(self, number: str, actor: str, scope: TicketScope) -> str:
        """What happened and what was added later, as the citizen wrote it; who looked is written to the history before it
        is returned.
        """
        with self._sessions() as session, session.begin():
            ticket = self._find(session, number, scope)
            session.add(self._looked(ticket, actor, "reveal_story"))
            added = [event.text for event in ticket.events if event.actor == CITIZEN and event.text]
            return "\n".join([ticket.what, *(text for text in added if text not in ticket.what)])

    def _looked(self, ticket: Ticket, actor: str, action: str) -> TicketEvent:
        return TicketEvent(
            ticket_id=ticket.id,
            actor=actor,
            action=action,
            from_status=ticket.status,
            to_status=ticket.status,
            visible_to_citizen=False,
            at=self._now(),
        )

    def _find(self, session: Session, number: str, scope: TicketScope) -> Ticket:
        wanted = select(Ticket).where(Ticket.number == number, scope.condition())
        ticket = session.scalar(wanted.options(selectinload(Ticket.events)))
        if ticket is None:
            raise TicketNotFound(self._catalogue.words("not_seen"))
        return ticket
