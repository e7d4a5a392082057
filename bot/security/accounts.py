"""Staff accounts: made by a command or an administrator, opened with a password, closed when people leave."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.database import SessionFactory, utcnow
from bot.security.attempts import AttemptLimiter
from bot.security.audit import AuditLog
from bot.security.errors import InvalidAccount, SignInRefused, UnknownAccount
from bot.security.models import Account
from bot.security.passwords import Passwords, check_password
from bot.security.roles import Principal, role_table
from bot.security.sessions import StaffSessions

USERNAME = re.compile(r"[\w.@-]{2,40}")
MAX_DISPLAY_NAME = 30
COMMAND_LINE = "command line"


class AccountService:
    """The one door to accounts and sessions; every method is one transaction."""

    def __init__(
        self,
        sessions: SessionFactory,
        attempts: AttemptLimiter,
        *,
        session_hours: float = 8,
        passwords: Passwords | None = None,
        now: Callable[[], datetime] = utcnow,
    ) -> None:
        self._sessions = sessions
        self._attempts = attempts
        self._passwords = passwords or Passwords()
        self._now = now
        self._signed_in = StaffSessions(timedelta(hours=session_hours), now)
        self.audit = AuditLog(sessions)

    # Accounts -------------------------------------------------------------

    def create(
        self,
        username: str,
        password: str,
        *,
        roles: Iterable[str],
        display_name: str = "",
        department: str = "",
        actor: str = COMMAND_LINE,
    ) -> Principal:
        """A new account; raises InvalidAccount for a bad or taken name, a weak password or an unknown role."""
        name = normalised(username)
        if not USERNAME.fullmatch(name):
            raise InvalidAccount("用户名为 2 到 40 个字符，可以用文字、字母、数字和 . @ _ -")
        shown = display_name.strip() or name[:MAX_DISPLAY_NAME]
        if len(shown) > MAX_DISPLAY_NAME:
            raise InvalidAccount(f"姓名最多 {MAX_DISPLAY_NAME} 个字")
        checked = role_table().check(roles)
        check_password(password, name)
        account = Account(
            username=name,
            display_name=shown,
            password_hash=self._passwords.hash(password),
            roles=checked,
            department=department.strip(),
            created_at=self._now(),
        )
        try:
            with self._sessions() as session, session.begin():
                session.add(account)
        except IntegrityError as error:
            raise InvalidAccount(f"用户名“{name}”已经有人用了") from error
        self.audit.record(actor, "account.create", name, "、".join(checked))
        return _principal(account)

    def principals(self) -> list[Principal]:
        """Every active account, by name."""
        with self._sessions() as session:
            rows = session.scalars(select(Account).where(Account.active.is_(True)).order_by(Account.username))
            return [_principal(row) for row in rows]

    def set_password(self, username: str, password: str, *, actor: str = COMMAND_LINE) -> None:
        """A new password; everybody signed in with the old one is signed out. Raises UnknownAccount, InvalidAccount."""
        name = normalised(username)
        check_password(password, name)
        kept = self._passwords.hash(password)
        with self._sessions() as session, session.begin():
            account = self._account(session, name)
            account.password_hash = kept
            self._signed_in.close_all(session, account.id)
        self.audit.record(actor, "account.set_password", name)

    def deactivate(self, username: str, *, actor: str = COMMAND_LINE) -> None:
        """Nobody can sign in with this account any more, and whoever is signed in is out. Raises UnknownAccount."""
        name = normalised(username)
        with self._sessions() as session, session.begin():
            account = self._account(session, name)
            account.active = False
            self._signed_in.close_all(session, account.id)
        self.audit.record(actor, "account.deactivate", name)

    # Signing in -----------------------------------------------------------

    def authenticate(self, username: str, password: str, *, address: str) -> Principal:
        """Who this is. Raises TooManyAttempts, or SignInRefused, which does not say whether the name exists."""
        name = normalised(username)
        self._attempts.attempt(name, address)
        with self._sessions() as session:
            account = session.scalar(select(Account).where(Account.username == name, Account.active.is_(True)))
        verified = account.password_hash if account else None
        right = self._passwords.verify(verified, password)
        if account is None or not right:
            # A name that is no account's may be a password typed into the wrong field: it is not written down.
            self.audit.record(account.username if account else "?", "session.refused")
            raise SignInRefused
        fresh = self._passwords.hash(password) if self._passwords.outdated(account.password_hash) else None
        with self._sessions() as session, session.begin():
            account = self._account(session, name)
            account.last_login_at = self._now()
            if fresh and account.password_hash == verified:  # unless the password was changed in the meantime
                account.password_hash = fresh
        self._attempts.succeeded(name, address)
        return _principal(account)

    def open_session(self, principal: Principal) -> str:
        """A token for the browser of somebody who was just authenticated."""
        with self._sessions() as session, session.begin():
            token = self._signed_in.open(session, self._account(session, principal.username).id)
        self.audit.record(principal.username, "session.open")
        return token

    def session_account(self, token: str) -> Principal | None:
        """Who is signed in with this token, with the roles they have now; None once it has expired or was revoked."""
        if not token:
            return None
        with self._sessions() as session:
            account = self._signed_in.account(session, token)
        return _principal(account) if account else None

    def close_session(self, token: str) -> None:
        """Sign out; a token that is not open is nothing to close."""
        principal = self.session_account(token)
        if principal is None:
            return
        with self._sessions() as session, session.begin():
            self._signed_in.close(session, token)
        self.audit.record(principal.username, "session.close")

    @staticmethod
    def _account(session: Session, name: str) -> Account:
        account = session.scalar(select(Account).where(Account.username == name))
        if account is None:
            raise UnknownAccount(name)
        return account


def normalised(username: str) -> str:
    """One spelling of a name, whatever width and case it was typed in."""
    return unicodedata.normalize("NFKC", username).strip().casefold()


def _principal(account: Account) -> Principal:
    return Principal(
        username=account.username,
        display_name=account.display_name,
        roles=tuple(account.roles),
        permissions=role_table().permissions_of(account.roles),
        department=account.department,
    )
