"""Tokens with which programs do what their account may do: made with an end, shown once, revocable."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, or_, select, update
from sqlalchemy.orm import Session, aliased

from bot.database import SessionFactory
from bot.security.attempts import Attempt, AttemptLimiter
from bot.security.audit import COMMAND_LINE, NOT_NAME, AuditLog
from bot.security.errors import InvalidAccount, TokenRefused, UnknownAccount
from bot.security.models import Account, ApiToken
from bot.security.roles import Principal

# Scanners for leaked secrets, and people, know our tokens by it.
PREFIX = "wz_"
MAX_NAME = 40
MAX_TOKENS = 20
READS = ".read"
SEEN_EVERY = timedelta(minutes=1)
KEEP_OLD = timedelta(days=30)


@dataclass(frozen=True)
class TokenView:
    """A token as its owner sees it: never the token itself."""

    id: int
    name: str
    read_only: bool
    created_at: datetime
    created_by: str
    expires_at: datetime
    last_used_at: datetime | None


class ApiTokens:
    """Makes, checks and revokes tokens; each method is one transaction.

    ``principal`` gives what an account may do now, ``max_days`` is how long a token may last.
    """

    def __init__(
        self,
        sessions: SessionFactory,
        attempts: AttemptLimiter,
        audit: AuditLog,
        principal: Callable[[Account], Principal],
        now: Callable[[], datetime],
        max_days: int,
    ) -> None:
        self._sessions = sessions
        self._attempts = attempts
        self._audit = audit
        self._principal = principal
        self._now = now
        self.max_days = max_days

    def make(self, username: str, name: str, *, days: int, read_only: bool, actor: str) -> str:
        """A new token for an account, told once. Raises InvalidAccount for a bad name or end, UnknownAccount."""
        called = name.strip()
        if not called or len(called) > MAX_NAME or not called.isprintable():
            raise InvalidAccount(f"请写明令牌的用途，最多 {MAX_NAME} 个字", code="purpose", most=MAX_NAME)
        if not 1 <= days <= self.max_days:
            raise InvalidAccount(f"有效期为 1 到 {self.max_days} 天", code="days", most=self.max_days)
        token, now = PREFIX + secrets.token_urlsafe(32), self._now()
        with self._sessions() as session, session.begin():
            session.execute(delete(ApiToken).where(or_(*_over_since(now - KEEP_OLD))))
            account = _account(session, username)
            working = [one.name for one in session.scalars(select(ApiToken).where(*self._working(account.id)))]
            if called in working:
                raise InvalidAccount(
                    f"已经有一个叫“{called}”的令牌，请换个名称，或者先停用它", code="purpose_taken", name=called
                )
            if len(working) >= MAX_TOKENS:
                raise InvalidAccount(
                    f"一个账号最多有 {MAX_TOKENS} 个令牌，请先停用不用的", code="tokens", most=MAX_TOKENS
                )
            session.add(
                ApiToken(
                    token_hash=_digest(token),
                    account_id=account.id,
                    name=called,
                    read_only=read_only,
                    created_at=now,
                    created_by=actor[:40],
                    expires_at=now + timedelta(days=days),
                )
            )
        self._audit.record(actor, "token.create", username, f"{called}，{days} 天{'，只读' if read_only else ''}")
        return token

    def of(self, username: str) -> list[TokenView]:
        """The tokens of an account that still work, newest first; raises UnknownAccount."""
        with self._sessions() as session:
            chosen = select(ApiToken).where(*self._working(_account(session, username).id))
            rows = session.scalars(chosen.order_by(ApiToken.id.desc()))
            return [_view(row) for row in rows]

    def revoke(self, username: str, token_id: int, *, actor: str) -> None:
        """End one token of an account; one that is somebody else's or over is nothing to end."""
        with self._sessions() as session, session.begin():
            row = session.get(ApiToken, token_id)
            if row is None or row.account_id != _account(session, username).id or row.revoked_at is not None:
                return
            row.revoked_at = self._now()
        self._audit.record(actor, "token.revoke", username, row.name)

    def revoke_all(self, session: Session, account_id: int) -> None:
        """End every token of an account, inside the transaction of the caller."""
        session.execute(update(ApiToken).where(*self._working(account_id)).values(revoked_at=self._now()))

    def principal(self, token: str, *, address: str) -> Principal:
        """Whose token this is, with what they may do now. Raises TokenRefused; TooManyAttempts after many wrong ones.

        A token that an administrator made for somebody does no more than that administrator may do themselves.
        """
        found = self._find(token)
        if found is None:
            # It is found by its digest, so the time it takes says nothing about the tokens there are.
            attempt = self._attempts.guess("api token", address, everybody=True)
            self._record_refusal(token, attempt)
            raise TokenRefused
        account, row, maker = found
        principal = self._principal(account)
        permissions = principal.permissions
        if row.created_by not in (account.username, COMMAND_LINE):
            permissions &= self._principal(maker).permissions if maker else frozenset()
        if row.read_only:
            permissions = frozenset(one for one in permissions if one.endswith(READS))
        return replace(principal, via=row.name, permissions=permissions, read_only=row.read_only)

    def _find(self, token: str) -> tuple[Account, ApiToken, Account | None] | None:
        """The account, its token, and who made it where they still work here."""
        if not token.startswith(PREFIX):
            return None
        now = self._now()
        maker = aliased(Account)
        chosen = (
            select(Account, ApiToken, maker)
            .join(ApiToken, ApiToken.account_id == Account.id)
            .outerjoin(maker, and_(maker.username == ApiToken.created_by, maker.active.is_(True)))
            .where(
                ApiToken.token_hash == _digest(token),
                ApiToken.revoked_at.is_(None),
                ApiToken.expires_at > now,
                Account.active.is_(True),
            )
        )
        with self._sessions() as session:
            found = session.execute(chosen).one_or_none()
        if found is None:
            return None
        account, row, made_by = found
        # To the minute: reading does not write all the time.
        if row.last_used_at is None or row.last_used_at < now - SEEN_EVERY:
            with self._sessions() as session, session.begin():
                session.execute(update(ApiToken).where(ApiToken.id == row.id).values(last_used_at=now))
        return account, row, made_by

    def _record_refusal(self, token: str, attempt: Attempt) -> None:
        """One that worked once is recorded under its account; others under nobody's name."""
        chosen = select(Account.username, ApiToken.name).join(ApiToken, ApiToken.account_id == Account.id)
        with self._sessions() as session:
            known = session.execute(chosen.where(ApiToken.token_hash == _digest(token))).one_or_none()
        actor, name = known if known else (NOT_NAME, "")
        words = [f"“{name}”已过期或已停用" if name else "", f"之后要等 {attempt.pause} 分钟" if attempt.pause else ""]
        self._audit.record(actor, "token.refused", actor if known else "", "，".join(word for word in words if word))

    def _working(self, account_id: int) -> tuple[ColumnElement[bool], ...]:
        return (ApiToken.account_id == account_id, ApiToken.revoked_at.is_(None), ApiToken.expires_at > self._now())


def _account(session: Session, username: str) -> Account:
    account = session.scalar(select(Account).where(Account.username == username))
    if account is None:
        raise UnknownAccount(username)
    return account


def _over_since(moment: datetime) -> tuple[ColumnElement[bool], ...]:
    return (ApiToken.expires_at < moment, ApiToken.revoked_at < moment)


def _view(row: ApiToken) -> TokenView:
    return TokenView(
        id=row.id,
        name=row.name,
        read_only=row.read_only,
        created_at=row.created_at,
        created_by=row.created_by,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
    )


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
