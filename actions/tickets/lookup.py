"""Looking a ticket up with number and query code, and locking a number after too many wrong codes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, selectinload

from actions.tickets.catalogue import TicketCatalogue
from actions.tickets.errors import TicketLocked, TicketNotFound
from actions.tickets.models import Ticket, TicketLookupFailure
from actions.tickets.numbering import parse_number
from actions.tickets.query_codes import QueryCodes
from bot.database import SessionFactory


class TicketLookup:
    """Finds tickets for citizens; a number that does not exist behaves in all like one with another code."""

    def __init__(
        self, sessions: SessionFactory, catalogue: TicketCatalogue, codes: QueryCodes, now: Callable[[], datetime]
    ) -> None:
        self._sessions = sessions
        self._catalogue = catalogue
        self._codes = codes
        self._now = now

    def find(self, number: str, code: str) -> Ticket:
        """The ticket with its events loaded; raises TicketNotFound or TicketLocked."""
        parsed = parse_number(number, self._catalogue.number_prefix)
        if parsed is None:
            raise TicketNotFound(self._catalogue.words("not_found"))
        with self._sessions() as session, session.begin():
            self._refuse_if_locked(session, parsed)
            ticket = session.scalar(select(Ticket).where(Ticket.number == parsed).options(selectinload(Ticket.events)))
            if self._codes.matches(parsed, code, ticket.code_hash if ticket else "") and ticket is not None:
                return ticket
            self._record_failure(session, parsed)
        raise TicketNotFound(self._catalogue.words("not_found"))

    @property
    def _window(self) -> timedelta:
        return timedelta(minutes=self._catalogue.lookup.minutes)

    def _refuse_if_locked(self, session: Session, number: str) -> None:
        now, allowed = self._now(), self._catalogue.lookup.wrong_codes
        latest_first = (
            select(TicketLookupFailure.at)
            .where(TicketLookupFailure.number == number, TicketLookupFailure.at > now - self._window)
            .order_by(TicketLookupFailure.at.desc())
            .limit(allowed)
        )
        failures = list(session.scalars(latest_first))
        if len(failures) >= allowed:
            minutes = max(1, ceil((failures[-1] + self._window - now).total_seconds() / 60))
            raise TicketLocked(self._catalogue.words("locked", minutes=minutes), minutes=minutes)

    def _record_failure(self, session: Session, number: str) -> None:
        now = self._now()
        session.execute(delete(TicketLookupFailure).where(TicketLookupFailure.at <= now - self._window))
        session.add(TicketLookupFailure(number=number, at=now))
