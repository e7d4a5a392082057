"""Which process works on a turn, when it is tried again, and when it is not tried any more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, Protocol, cast

from sqlalchemy import ColumnElement, Table, and_, or_, select, update

from bot.database import SessionFactory, utcnow
from channels.conversations.models import Message, Turn

TURNS, MESSAGES = (cast(Table, model.__table__) for model in (Turn, Message))


class Holder(Protocol):
    """The process that claims turns; see ``bot/instance.py``."""

    @property
    def name(self) -> str:
        """Its own name, at most 64 characters."""

    def is_dead(self, name: str) -> bool:
        """Whether the process of that name has ended for certain."""


class Unnamed:
    """A process that nobody can tell the death of: what it holds is free when the lease runs out."""

    name = "?"

    def is_dead(self, name: str) -> bool:
        """Never certain."""
        return False


class Failure(Enum):
    """Why a turn was given back unfinished."""

    FAULT = "fault"  # it failed while it was worked on: the message may be to blame
    OUTAGE = "outage"  # something that every message needs was out of reach
    STOPPED = "stopped"  # the process is stopping


@dataclass(frozen=True)
class Patience:
    """How often a turn is tried.

    ``faults_with_others``: where other conversations failed at the same time; ``pauses``: seconds before each try of
    :meth:`Claims.due`, growing; the last repeats.
    """

    faults: int = 2
    faults_with_others: int = 5
    outages: int = 20
    attempts: int = 5
    pauses: tuple[float, ...] = (3, 6, 12, 24, 48, 96, 192, 300)

    def pause(self, failed: int) -> timedelta:
        """How long to wait after so many failures."""
        return timedelta(seconds=self.pauses[max(0, min(failed, len(self.pauses)) - 1)])


@dataclass(frozen=True)
class Tries:
    """How often a turn was begun, and failed, so far."""

    attempts: int = 1
    failures: int = 0
    outages: int = 0


class Claims:
    """Claims in the database, safe among any number of processes. ``lease``: seconds that one process may hold a turn.

    Wall clocks jump: a claim that ends later than any claim of now could is no claim.
    """

    def __init__(self, sessions: SessionFactory, *, lease: float, holder: Holder, patience: Patience) -> None:
        self._sessions = sessions
        self._lease = timedelta(seconds=lease)
        self._holder = holder
        self.patience = patience

    def columns(self, now: datetime) -> dict[str, Any]:
        """What a new turn gets, so that it is ours from the beginning."""
        return {"claimed_until": now + self._lease, "claimed_by": self._holder.name}

    def claim(self, turn_id: str) -> Tries | None:
        """Take over a turn that nobody works on (any more); None for all but one caller."""
        now, here = utcnow(), Turn.id == turn_id
        with self._sessions() as session, session.begin():
            free = or_(Turn.claimed_by == "", self.run_out(now))
            mine = {**self.columns(now), "attempts": Turn.attempts + 1}
            taken = session.execute(update(Turn).where(here, Turn.status == "received", free).values(mine))
            if not taken.rowcount:  # type: ignore[attr-defined]
                return None
            counted = session.execute(select(Turn.attempts, Turn.failures, Turn.outages).where(here)).one()
        return Tries(*counted)

    def release(self, turn_id: str, failure: Failure, *, waited_for: bool) -> None:
        """Give a turn back: whoever brings the message again may work on it at once, :meth:`due` after a pause.

        ``waited_for``: whoever sent it waits and will bring it again; then an outage is not counted.
        """
        now = utcnow()
        with self._sessions() as session, session.begin():
            turn = session.get(Turn, turn_id, with_for_update=True)
            if turn is None or turn.status != "received" or turn.claimed_by != self._holder.name:
                return
            turn.failures += failure is Failure.FAULT
            turn.outages += failure is Failure.OUTAGE and not waited_for
            turn.attempts -= failure is not Failure.FAULT
            stopped = failure is Failure.STOPPED
            turn.claimed_until = now if stopped else now + self.patience.pause(turn.failures + turn.outages)
            turn.claimed_by = ""

    def free_the_dead(self, turn_id: str | None = None) -> None:
        """Make free what processes hold that have ended, all of it or one turn."""
        with self._sessions() as session:
            held = select(Turn.claimed_by).where(Turn.status == "received", Turn.claimed_by != "").distinct()
            names = session.scalars(held if turn_id is None else held.where(Turn.id == turn_id)).all()
        dead = [name for name in names if self._holder.is_dead(name)]
        if dead:
            with self._sessions() as session, session.begin():
                left = update(Turn).where(Turn.status == "received", Turn.claimed_by.in_(dead))
                session.execute(left.values(claimed_by="", claimed_until=utcnow() - timedelta(seconds=1)))

    def due(self, limit: int) -> list[Turn]:
        """Turns that are to be tried now, in the order in which they were said."""
        with self._sessions() as session:
            said = and_(Message.turn_id == Turn.id, Message.role == "citizen")
            turns = (
                select(Turn)
                .join(Message, said)
                .where(Turn.status == "received", self.run_out(utcnow()))
                .order_by(Message.seq)
                .limit(limit)
            )
            found = list(session.scalars(turns))
            # What was said later waits for what was said before: a form would be filled in the wrong order.
            unfinished = (
                select(Turn.conversation_id, Turn.id)
                .join(Message, said)
                .where(Turn.status == "received", Turn.conversation_id.in_({turn.conversation_id for turn in found}))
                .order_by(Message.seq.desc())
            )
            first: dict[str, str] = dict(session.execute(unfinished).tuples().all())
        free = {turn.conversation_id for turn in found if first.get(turn.conversation_id) == turn.id}
        return [turn for turn in found if turn.conversation_id in free]

    def run_out(self, now: datetime) -> ColumnElement[bool]:
        """Whether nobody works on the turn (any more), and its pause is over."""
        longest = timedelta(seconds=max(self.patience.pauses))
        return or_(
            Turn.claimed_until < now,
            # Twice the lease: clocks of hosts differ, and some databases round a moment up.
            and_(Turn.claimed_by != "", Turn.claimed_until > now + 2 * self._lease),
            Turn.claimed_until > now + max(longest, self._lease),
        )
