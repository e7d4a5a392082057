"""Limits on attempts to sign in, counted in the database so that all processes share them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from math import ceil
from typing import Protocol

from limits import parse
from sqlalchemy import delete, func, select

from bot.database import SessionFactory, utcnow
from bot.security.errors import TooManyAttempts
from bot.security.models import SignInAttempt


class AttemptLimiter(Protocol):
    """Counts attempts of a name from an address."""

    def attempt(self, username: str, address: str) -> None:
        """Count one attempt; raises TooManyAttempts when the limit is passed."""

    def succeeded(self, username: str, address: str) -> None:
        """Forget the attempts: it was the right person."""


class DatabaseAttemptLimiter:
    """At most ``limit`` ("10/minute") attempts in a moving window. Names and addresses are kept as digests only."""

    def __init__(self, sessions: SessionFactory, limit: str, now: Callable[[], datetime] = utcnow) -> None:
        item = parse(limit)
        self._sessions = sessions
        self._amount = item.amount
        self._window = timedelta(seconds=item.get_expiry())
        self._now = now

    def attempt(self, username: str, address: str) -> None:
        """Count one attempt, before its password is looked at; raises TooManyAttempts, which is not counted."""
        who, now = _digest(username, address), self._now()
        with self._sessions() as session, session.begin():
            session.execute(delete(SignInAttempt).where(SignInAttempt.at <= now - self._window))
            session.add(SignInAttempt(who=who, at=now))
            session.flush()
            # Added before it is counted and before the password is looked at: guessing in parallel gains nothing.
            count, oldest = session.execute(
                select(func.count(), func.min(SignInAttempt.at)).where(SignInAttempt.who == who)
            ).one()
            if count > self._amount:
                session.rollback()
                wait = oldest + self._window - now
                raise TooManyAttempts(max(1, ceil(wait / timedelta(minutes=1))))

    def succeeded(self, username: str, address: str) -> None:
        """Forget the attempts of this name from this address."""
        with self._sessions() as session, session.begin():
            session.execute(delete(SignInAttempt).where(SignInAttempt.who == _digest(username, address)))


def _digest(username: str, address: str) -> str:
    return hashlib.sha256(f"{username}\0{address}".encode()).hexdigest()
