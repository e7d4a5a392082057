"""Console sessions: opened with a random token, closed by signing out, by an administrator or by time."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from bot.security.models import Account, StaffSession

KEEP_OLD = timedelta(days=30)


class StaffSessions:
    """Works inside the transaction of its caller. ``lifetime`` is counted from signing in and never extended."""

    def __init__(self, lifetime: timedelta, now: Callable[[], datetime]) -> None:
        self._lifetime = lifetime
        self._now = now

    def open(self, session: Session, account_id: int) -> str:
        """A new session's token: 256 random bits, told once and kept as a digest."""
        token, now = secrets.token_urlsafe(32), self._now()
        session.execute(delete(StaffSession).where(StaffSession.expires_at < now - KEEP_OLD))
        session.add(
            StaffSession(
                token_hash=_digest(token), account_id=account_id, created_at=now, expires_at=now + self._lifetime
            )
        )
        return token

    def account(self, session: Session, token: str) -> Account | None:
        """The active account behind a token that is neither expired nor revoked."""
        return session.scalar(
            select(Account)
            .join(StaffSession, StaffSession.account_id == Account.id)
            .where(
                StaffSession.token_hash == _digest(token),
                StaffSession.revoked_at.is_(None),
                StaffSession.expires_at > self._now(),
                Account.active.is_(True),
            )
        )

    def close(self, session: Session, token: str) -> None:
        """End one session; an unknown token is nothing to end."""
        self._revoke(session, StaffSession.token_hash == _digest(token))

    def close_all(self, session: Session, account_id: int) -> None:
        """End every session of an account."""
        self._revoke(session, StaffSession.account_id == account_id)

    def _revoke(self, session: Session, condition: object) -> None:
        still_open = update(StaffSession).where(condition, StaffSession.revoked_at.is_(None))  # type: ignore[arg-type]
        session.execute(still_open.values(revoked_at=self._now()))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
