"""Limits on attempts to sign in, counted in the database so that all processes share them.

Whoever guesses from outside meets four counters: of the name from their address, of the name from anywhere, of their
address, and of everybody. A browser in which the person has signed in before is known by a cookie and has a counter of
its own, so that guessing at a name from elsewhere never keeps its owner out of the browser they use every day.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Protocol

from limits import parse
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from bot.database import SessionFactory, utcnow
from bot.security.errors import TooManyAttempts
from bot.security.models import SignInAttempt

# Failures are remembered so long, where pauses grow with them.
MEMORY = timedelta(hours=24)
LONGEST_PAUSE = timedelta(hours=1)
MAX_DOUBLINGS = 20
# So much of a digest says whose name it is, the rest from which address.
NAME_PART = 32


@dataclass(frozen=True)
class Attempt:
    """An attempt that was counted. ``rows`` are its own, ``whose`` the digests that a success forgets all of.

    ``pause``: how many minutes the next one will have to wait if this one fails; 0 while there are some left.
    """

    rows: tuple[int, ...] = ()
    whose: tuple[str, ...] = ()
    pause: int = 0


class AttemptLimiter(Protocol):
    """Counts attempts of a name from an address."""

    def attempt(self, username: str, address: str, browser: str = "") -> Attempt:
        """Count one attempt; raises TooManyAttempts when a limit is passed. ``browser``: one that the person is known by."""

    def guess(self, what: str, address: str, *, everybody: bool = False) -> Attempt:
        """Count one attempt at something that nobody's name belongs to; raises TooManyAttempts.

        ``everybody``: all who guess at it, from wherever, are counted together too.
        """

    def withdraw(self, attempt: Attempt) -> None:
        """Take the attempt back: it was not looked at."""

    def succeeded(self, attempt: Attempt) -> None:
        """Take the attempt back and forget the failures before it: it was the right person."""

    def forget(self, username: str, *guessed: str) -> None:
        """Forget all failures of this name, from wherever, and those at what is ``guessed`` of it: see ``guess``."""


@dataclass(frozen=True)
class Rule:
    """At most ``amount`` in ``window``. ``grows``: after that one at a time, after a pause that doubles each time."""

    amount: int
    window: timedelta
    grows: bool

    @classmethod
    def parse(cls, limit: str, *, grows: bool) -> Rule:
        """A rule from a limit as settings have it: ``10/minute``."""
        item = parse(limit)
        return cls(item.amount, timedelta(seconds=item.get_expiry()), grows)

    @property
    def memory(self) -> timedelta:
        """How long failures count."""
        return max(MEMORY, self.window) if self.grows else self.window

    def wait(self, count: int, oldest: datetime, latest: datetime, now: datetime) -> timedelta:
        """How long an attempt has to wait after ``count`` that failed; zero or less: it may be made."""
        if count < self.amount:
            return timedelta()
        if not self.grows:
            return oldest + self.window - now
        doubled = self.window * int(2 ** min(count - self.amount, MAX_DOUBLINGS))
        return latest + min(doubled, max(LONGEST_PAUSE, self.window)) - now


@dataclass(frozen=True)
class Limits:
    """Limits as settings have them, each ``AMOUNT/PERIOD``."""

    name_and_address: str = "10/minute"
    name: str = "30/minute"
    address: str = "100/10minute"
    everybody: str = "300/minute"


class DatabaseAttemptLimiter:
    """Names and addresses are kept as digests only."""

    def __init__(self, sessions: SessionFactory, limits: Limits | str, now: Callable[[], datetime] = utcnow) -> None:
        given = Limits(limits) if isinstance(limits, str) else limits
        self._sessions = sessions
        self._person = Rule.parse(given.name_and_address, grows=True)
        self._name = Rule.parse(given.name, grows=True)
        self._address = Rule.parse(given.address, grows=False)
        self._everybody = Rule.parse(given.everybody, grows=False)
        self._now = now
        # One count after the other also where transactions do not see each other's rows.
        self._turn = threading.Lock()

    def attempt(self, username: str, address: str, browser: str = "") -> Attempt:
        """Count one attempt, before its password is looked at; raises TooManyAttempts, which is not counted."""
        if browser:
            return self._count([(_digest("browser", username, browser), self._person)])
        return self._count(
            [
                (_of_name(username, address), self._person),
                (_of_name(username), self._name),
                (_digest("address", address), self._address),
                (_digest("everybody"), self._everybody),
            ]
        )

    def guess(self, what: str, address: str, *, everybody: bool = False) -> Attempt:
        """Count one attempt at a secret without a name."""
        counted = [(_digest(what, address), self._person)]
        if everybody:  # with a counter of their own: guesses at tokens keep nobody from signing in
            counted.append((_digest("everybody", what), self._everybody))
        return self._count(counted)

    def withdraw(self, attempt: Attempt) -> None:
        """Take the attempt back."""
        with self._sessions() as session, session.begin():
            session.execute(delete(SignInAttempt).where(SignInAttempt.id.in_(attempt.rows)))

    def succeeded(self, attempt: Attempt) -> None:
        """Forget the attempt, and all before it of this name from this address or browser."""
        with self._sessions() as session, session.begin():
            session.execute(delete(SignInAttempt).where(SignInAttempt.id.in_(attempt.rows)))
            session.execute(delete(SignInAttempt).where(SignInAttempt.who.in_(attempt.whose)))

    def forget(self, username: str, *guessed: str) -> None:
        """Forget all failures of this name from outside; browsers in which the person is known count for themselves."""
        of_name = SignInAttempt.who.startswith(_of_name(username)[:NAME_PART])
        with self._sessions() as session, session.begin():
            session.execute(delete(SignInAttempt).where(of_name))
            session.execute(delete(SignInAttempt).where(SignInAttempt.who.in_([_digest(one, "") for one in guessed])))

    def _count(self, counted: list[tuple[str, Rule]]) -> Attempt:
        now = self._now()
        with self._turn, self._sessions() as session, session.begin():
            longest = max(rule.memory for rule in (self._person, self._name, self._address, self._everybody))
            session.execute(delete(SignInAttempt).where(SignInAttempt.at <= now - longest))
            rows = [SignInAttempt(who=who, at=now) for who, _ in counted]
            # Added before they are counted and before the password is looked at: guessing in parallel gains nothing.
            session.add_all(rows)
            session.flush()
            waits = [_wait(session, who, rule, row.id, now) for (who, rule), row in zip(counted, rows, strict=True)]
            refused = max(before for before, _ in waits)
            if refused > timedelta():
                session.rollback()
                raise TooManyAttempts(_minutes(refused))
            ids = tuple(row.id for row in rows)
        pause = max(after for _, after in waits)
        return Attempt(ids, (counted[0][0],), _minutes(pause) if pause > timedelta() else 0)


def _wait(session: Session, who: str, rule: Rule, own: int, now: datetime) -> tuple[timedelta, timedelta]:
    """How long this attempt has to wait, and the next one if this one fails."""
    others = SignInAttempt.who == who, SignInAttempt.at > now - rule.memory, SignInAttempt.id != own
    moments = select(func.count(), func.min(SignInAttempt.at), func.max(SignInAttempt.at))
    count, oldest, latest = session.execute(moments.where(*others)).one()
    before = rule.wait(count, oldest or now, latest or now, now)
    return before, rule.wait(count + 1, oldest or now, now, now)


def _minutes(wait: timedelta) -> int:
    return max(1, ceil(wait / timedelta(minutes=1)))


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _of_name(username: str, address: str | None = None) -> str:
    """The digest of a name, from anywhere or from an address: all of one name begin alike, so that they are found."""
    of_name = _digest("name", username)
    return (
        of_name if address is None else of_name[:NAME_PART] + _digest("name and address", username, address)[:NAME_PART]
    )
