"""Looking a ticket up with number and query code. Who guesses is slowed down, over all numbers; nobody else is.

Wrong codes count for the conversation they were typed in and for the network address that opened it, never for the
number: otherwise anybody could keep a citizen out of their own ticket. Many of them together raise an alarm.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session, selectinload

from actions.tickets.catalogue import CallerRule, TicketCatalogue
from actions.tickets.errors import TicketLocked, TicketNotFound
from actions.tickets.models import Ticket, TicketLookupAlarm, TicketLookupFailure
from actions.tickets.numbering import parse_number
from actions.tickets.query_codes import QueryCodes
from bot.database import SessionFactory
from nlu.entities.query_code import canonical, is_code

logger = logging.getLogger(__name__)
ALL_NUMBERS = "*"


@dataclass(frozen=True)
class Caller:
    """Who asks: the conversation, and a digest of the network address that opened it (empty where none is known)."""

    conversation: str
    origin: str = ""


@dataclass(frozen=True)
class LookupAlarm:
    """So many wrong codes within ``minutes``, from so many conversations: for one ``number``, or for all (``*``)."""

    number: str
    wrong_codes: int
    conversations: int
    minutes: int


@dataclass(frozen=True)
class WrongCode:
    """A wrong code was typed; ``alarms`` are those that it raises."""

    alarms: tuple[LookupAlarm, ...] = ()


def log_wrong_code(wrong: WrongCode) -> None:
    """Say alarms in the log: without a word of anybody's, a ticket number is none."""
    for alarm in wrong.alarms:
        logger.warning(
            "many wrong query codes for %s",
            "all tickets" if alarm.number == ALL_NUMBERS else alarm.number,
            extra={"wrong_codes": alarm.wrong_codes, "conversations": alarm.conversations, "minutes": alarm.minutes},
        )


class TicketLookup:
    """Finds tickets for citizens; a number that does not exist behaves in all like one with another code."""

    def __init__(
        self,
        sessions: SessionFactory,
        catalogue: TicketCatalogue,
        codes: QueryCodes,
        now: Callable[[], datetime],
        on_wrong_code: Callable[[WrongCode], None] = log_wrong_code,
    ) -> None:
        self._sessions = sessions
        self._catalogue = catalogue
        self._rule = catalogue.lookup
        self._codes = codes
        self._now = now
        self._on_wrong_code = on_wrong_code

    def find(self, number: str, code: str, caller: Caller) -> Ticket:
        """The ticket with its events loaded; raises TicketNotFound, or TicketLocked for a caller who has to wait."""
        parsed = parse_number(number, self._catalogue.number_prefix)
        if parsed is None:
            raise TicketNotFound(self._catalogue.words("not_found"))
        with self._sessions() as session, session.begin():
            # Written before anything is compared: on SQLite guesses in parallel then come one after the other.
            attempt = TicketLookupFailure(
                number=parsed, conversation_id=caller.conversation, origin=caller.origin, at=self._now()
            )
            session.add(attempt)
            session.flush()
            self._refuse_while_waiting(session, caller, attempt.id, code)
            ticket = session.scalar(select(Ticket).where(Ticket.number == parsed).options(selectinload(Ticket.events)))
            if self._codes.matches(parsed, code, ticket.code_hash if ticket else "") and ticket is not None:
                # Earlier failures stay: whoever has a ticket of their own could otherwise wipe them out with it.
                session.delete(attempt)
                return ticket
            session.execute(delete(TicketLookupFailure).where(TicketLookupFailure.at <= self._forgotten))
            alarms = tuple(alarm for name in (parsed, ALL_NUMBERS) if (alarm := self._alarm(session, name)))
        self._on_wrong_code(WrongCode(alarms))
        raise TicketNotFound(self._catalogue.words("not_found"))

    def of(self, conversation_id: str) -> list[Ticket]:
        """The tickets that a conversation filed, newest first, events loaded."""
        own = select(Ticket).where(Ticket.conversation_id == conversation_id).order_by(Ticket.id.desc())
        with self._sessions() as session:
            return list(session.scalars(own.options(selectinload(Ticket.events))))

    def own_with(self, code: str, conversation_id: str) -> Ticket | None:
        """The conversation's own ticket with this code. Nothing is counted: it may see all of these without any."""
        own = self.of(conversation_id)
        return next((one for one in own if self._codes.matches(one.number, code, one.code_hash)), None)

    @property
    def _forgotten(self) -> datetime:
        return self._now() - timedelta(hours=self._rule.remember_hours)

    def _refuse_while_waiting(self, session: Session, caller: Caller, attempt_id: int, code: str) -> None:
        own = TicketLookupFailure.conversation_id == caller.conversation
        limits = [(own, self._rule.conversation)]
        # Many share an address: the first try of a conversation is looked at while others of it wait. Not with a code of
        # six digits: of those there are too few.
        first = is_code(canonical(code)) and not self._failures(session, own, attempt_id)[0]
        if caller.origin and not first:
            limits.append((TicketLookupFailure.origin == caller.origin, self._rule.address))
        wait = max(self._wait(session, who, rule, attempt_id) for who, rule in limits)
        if wait > timedelta(0):
            minutes = ceil(wait / timedelta(minutes=1))
            raise TicketLocked(self._catalogue.words("locked", minutes=minutes), minutes=minutes)

    def _wait(self, session: Session, who: ColumnElement[bool], rule: CallerRule, attempt_id: int) -> timedelta:
        """How long this caller still has to wait: the pause doubles with every wrong code beyond the free ones."""
        count, last = self._failures(session, who, attempt_id)
        if count < rule.free or last is None:
            return timedelta(0)
        doublings = min(count - rule.free, 20)
        pause = min(rule.first_minutes * 2**doublings, rule.longest_minutes)
        return last + timedelta(minutes=pause) - self._now()

    def _failures(self, session: Session, who: ColumnElement[bool], attempt_id: int) -> tuple[int, datetime | None]:
        """How many wrong codes are remembered of a caller, and when the last was."""
        failures = select(func.count(), func.max(TicketLookupFailure.at)).where(
            who, TicketLookupFailure.at > self._forgotten, TicketLookupFailure.id != attempt_id
        )
        count, last = session.execute(failures).one()
        return count, last

    def _alarm(self, session: Session, number: str) -> LookupAlarm | None:
        """The alarm that is due for this number or for all, once in its stretch of time."""
        rule, now = self._rule.alarm, self._now()
        since = now - timedelta(minutes=rule.minutes)
        recent = [TicketLookupFailure.at > since]
        if number != ALL_NUMBERS:
            recent.append(TicketLookupFailure.number == number)
        distinct = func.count(TicketLookupFailure.conversation_id.distinct())
        count, conversations = session.execute(select(func.count(), distinct).where(*recent)).one()
        if count < (rule.all if number == ALL_NUMBERS else rule.number):
            return None
        raised = select(TicketLookupAlarm.id).where(TicketLookupAlarm.number == number, TicketLookupAlarm.at > since)
        if session.scalar(raised.limit(1)) is not None:
            return None
        session.execute(delete(TicketLookupAlarm).where(TicketLookupAlarm.at <= since))
        session.add(TicketLookupAlarm(number=number, at=now))
        return LookupAlarm(number, count, conversations, rule.minutes)
