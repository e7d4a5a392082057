"""Console sessions: opened with a random token, closed by signing out, by an administrator or by time."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session

from bot.security.models import Account, StaffSession

KEEP_OLD = timedelta(days=30)
SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class SessionView:
    """A browser in which somebody is signed in. ``id`` is a digest: nobody can sign in with it."""

    id: str
    browser: str
    created_at: datetime
    last_seen_at: datetime
    here: bool


class StaffSessions:
    """Works inside the transaction of its caller.

    ``lifetime`` is counted from signing in and never extended; ``idle`` is how long a session lasts unused.
    """

    def __init__(self, lifetime: timedelta, idle: timedelta, now: Callable[[], datetime]) -> None:
        self._lifetime = lifetime
        self._idle = idle
        self._now = now

    def open(self, session: Session, account_id: int, browser: str) -> str:
        """A new session's token: 256 random bits, told once and kept as a digest."""
        token, now = secrets.token_urlsafe(32), self._now()
        session.execute(delete(StaffSession).where(StaffSession.expires_at < now - KEEP_OLD))
        session.add(
            StaffSession(
                token_hash=_digest(token),
                account_id=account_id,
                created_at=now,
                expires_at=now + self._lifetime,
                browser=browser,
            )
        )
        return token

    def open_ones(self, session: Session, account_id: int, token: str) -> list[SessionView]:
        """The open sessions of an account, newest first."""
        rows = session.scalars(
            select(StaffSession)
            .where(StaffSession.account_id == account_id, *self._open())
            .order_by(StaffSession.created_at.desc())
        )
        return [
            SessionView(
                id=row.token_hash,
                browser=row.browser,
                created_at=row.created_at,
                last_seen_at=row.last_seen_at or row.created_at,
                here=row.token_hash == _digest(token),
            )
            for row in rows
        ]

    def seen(self, session: Session, token: str) -> None:
        """Note that the session is in use now."""
        used = update(StaffSession).where(StaffSession.token_hash == _digest(token))
        session.execute(used.values(last_seen_at=self._now()))

    def account(self, session: Session, token: str) -> tuple[Account, bool] | None:
        """The active account behind a token that is neither expired nor revoked, and whether to call ``seen``."""
        now = self._now()
        row = session.execute(
            select(Account, StaffSession.last_seen_at)
            .join(StaffSession, StaffSession.account_id == Account.id)
            .where(StaffSession.token_hash == _digest(token), *self._open(), Account.active.is_(True))
        ).one_or_none()
        if row is None:
            return None
        account, last_seen_at = row
        # To the minute: looking at pages does not write all the time.
        return account, last_seen_at is None or last_seen_at < now - SEEN_EVERY

    def ended(self, session: Session, token: str) -> bool:
        """Whether the session was closed, or its account; not whether its time is over."""
        row = session.execute(
            select(StaffSession.revoked_at, Account.active)
            .join(Account, StaffSession.account_id == Account.id)
            .where(StaffSession.token_hash == _digest(token))
        ).one_or_none()
        return row is None or row.revoked_at is not None or not row.active

    def close(self, session: Session, token: str) -> None:
        """End one session; an unknown token is nothing to end."""
        self._revoke(session, StaffSession.token_hash == _digest(token))

    def close_one(self, session: Session, account_id: int, session_id: str) -> None:
        """End one session of an account by the id that ``open_ones`` gave."""
        self._revoke(session, StaffSession.account_id == account_id, StaffSession.token_hash == session_id)

    def close_all(self, session: Session, account_id: int, but: str = "") -> None:
        """End every session of an account, but for the one with the token ``but``."""
        self._revoke(session, StaffSession.account_id == account_id, StaffSession.token_hash != _digest(but))

    def _open(self) -> tuple[ColumnElement[bool], ...]:
        now = self._now()
        used = func.coalesce(StaffSession.last_seen_at, StaffSession.created_at)
        return StaffSession.revoked_at.is_(None), StaffSession.expires_at > now, used > now - self._idle

    def _revoke(self, session: Session, *conditions: ColumnElement[bool]) -> None:
        still_open = update(StaffSession).where(*conditions, StaffSession.revoked_at.is_(None))
        session.execute(still_open.values(revoked_at=self._now()))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
