"""The register of staff: accounts are made, changed and closed here. ``AccountService`` adds signing in."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.database import SessionFactory
from bot.security.api_tokens import ApiTokens
from bot.security.attempts import AttemptLimiter
from bot.security.audit import CITIZEN, COMMAND_LINE, IDENTITY_PROVIDER, AuditLog
from bot.security.errors import InvalidAccount, UnknownAccount
from bot.security.models import Account, ExternalIdentity
from bot.security.passwords import Passwords, check_password, one_time_password
from bot.security.roles import Principal, role_table
from bot.security.second_factor import SecondFactor
from bot.security.sessions import StaffSessions

USERNAME = re.compile(r"[\w.@-]{2,40}")
MAX_DISPLAY_NAME = 30
MANAGES = "accounts.manage"
# Deeds are signed with these by who has no account.
RESERVED = frozenset({CITIZEN, COMMAND_LINE, IDENTITY_PROVIDER})


@dataclass(frozen=True)
class AccountView:
    """An account as administrators see it. ``external``: it signs in through the identity provider."""

    username: str
    display_name: str
    roles: tuple[str, ...]
    department: str
    active: bool
    created_at: datetime
    last_login_at: datetime | None
    must_change_password: bool
    second_factor: bool
    external: bool


class StaffRegister:
    """What administrators do with accounts; every method is one transaction and leaves a record."""

    def __init__(
        self,
        sessions: SessionFactory,
        signed_in: StaffSessions,
        second_factor: SecondFactor,
        passwords: Passwords,
        now: Callable[[], datetime],
        require_totp_roles: Iterable[str],
        attempts: AttemptLimiter,
        token_days: int,
        one_time: timedelta,
        departments: Collection[str],
    ) -> None:
        self._sessions = sessions
        self._signed_in = signed_in
        self._second_factor = second_factor
        self._passwords = passwords
        self._now = now
        self._require_totp_roles = frozenset(require_totp_roles)
        self._departments = frozenset(departments)
        self._attempts = attempts
        self.one_time = one_time
        self.audit = AuditLog(sessions, now)
        self.tokens = ApiTokens(sessions, attempts, self.audit, self._principal, now, token_days)

    def create(
        self,
        username: str,
        password: str,
        *,
        roles: Iterable[str],
        display_name: str = "",
        department: str = "",
        actor: str = COMMAND_LINE,
        one_time: bool = False,
    ) -> Principal:
        """A new account; raises InvalidAccount for a bad or taken name, a weak password, an unknown role or department.

        ``one_time``: the password must be changed before anything else can be done.
        """
        name = normalised(username)
        if not USERNAME.fullmatch(name):
            raise InvalidAccount("用户名为 2 到 40 个字符，可以用文字、字母、数字和 . @ _ -", code="name")
        if name in RESERVED:
            raise InvalidAccount(f"“{name}”是系统自己用的名字，请换一个用户名", code="name_reserved", name=name)
        checked = role_table().check(roles)
        check_password(password, name)
        account = Account(
            username=name,
            display_name=_shown(display_name, name),
            password_hash=self._passwords.hash(password),
            roles=checked,
            department=self._checked_department(department),
            created_at=self._now(),
            must_change_password=one_time,
            one_time_until=self._now() + self.one_time if one_time else None,
        )
        self._add(account, actor)
        self._forget_attempts(name)
        return self._principal(account)

    def create_with_one_time_password(
        self, username: str, *, roles: Iterable[str], display_name: str, department: str, actor: str
    ) -> str:
        """A new account; the password to hand over, which is told once. Raises InvalidAccount."""
        password = one_time_password()
        self.create(
            username,
            password,
            roles=roles,
            display_name=display_name,
            department=department,
            actor=actor,
            one_time=True,
        )
        return password

    def principals(self) -> list[Principal]:
        """Every active account, by name."""
        with self._sessions() as session:
            rows = session.scalars(select(Account).where(Account.active.is_(True)).order_by(Account.username))
            return [self._principal(row) for row in rows]

    def accounts(self) -> list[AccountView]:
        """Every account, the active ones first, by name."""
        with self._sessions() as session:
            external = set(session.scalars(select(ExternalIdentity.account_id)))
            rows = session.scalars(select(Account).order_by(Account.active.desc(), Account.username))
            return [_view(row, row.id in external) for row in rows]

    def account(self, username: str) -> AccountView:
        """One account; raises UnknownAccount."""
        with self._sessions() as session:
            row = self._account(session, normalised(username))
            identities = select(func.count()).where(ExternalIdentity.account_id == row.id)
            return _view(row, bool(session.scalar(identities)))

    def update(
        self,
        username: str,
        *,
        display_name: str,
        roles: Iterable[str],
        department: str,
        actor: str,
        last_may_go: bool = False,
    ) -> AccountView:
        """Another name, other roles, another department; counts at the next click. Raises InvalidAccount.

        ``last_may_go``: also where nobody is left then who manages accounts.
        """
        name, checked, place = normalised(username), role_table().check(roles), department.strip()
        with self._sessions() as session, session.begin():
            account = self._account(session, name)
            before = f"{'、'.join(account.roles)} {account.department}".strip()
            if place != account.department:  # one that the city has since removed stays until somebody sets another
                self._checked_department(place)
            with nullcontext() if last_may_go else self._keeping_an_administrator(session):
                account.display_name = _shown(display_name, name)
                account.roles, account.department = checked, place
        after = f"{'、'.join(checked)} {place}".strip()
        self.audit.record(actor, "account.update", name, f"{before} → {after}" if before != after else "")
        return self.account(name)

    def set_password(self, username: str, password: str, *, actor: str = COMMAND_LINE, one_time: bool = False) -> None:
        """A new password; everybody signed in with the old one is signed out. Raises UnknownAccount, InvalidAccount."""
        name = normalised(username)
        check_password(password, name)
        if self.account(name).external:  # it would open the account past the provider and its second factor
            raise InvalidAccount("这个账号用单位账号登录，没有单独的密码", code="external")
        kept = self._passwords.hash(password)
        with self._sessions() as session, session.begin():
            account = self._account(session, name)
            account.password_hash, account.must_change_password = kept, one_time
            account.one_time_until = self._now() + self.one_time if one_time else None
            self._signed_in.close_all(session, account.id)
        self._forget_attempts(name)
        self.audit.record(actor, "account.set_password", name)

    def reset_password(self, username: str, *, actor: str) -> str:
        """A one-time password to hand over, told once. Raises UnknownAccount."""
        password = one_time_password()
        self.set_password(username, password, actor=actor, one_time=True)
        return password

    def unlock(self, username: str, *, actor: str = COMMAND_LINE) -> None:
        """Forget the failures of this name: who guessed at it keeps its owner out of new browsers. Raises UnknownAccount."""
        name = normalised(username)
        with self._sessions() as session:
            self._account(session, name)
        self._forget_attempts(name)
        self.audit.record(actor, "account.unlock", name)

    def reset_second_factor(self, username: str, *, actor: str = COMMAND_LINE) -> None:
        """For who lost their telephone: the password is enough again, and all sessions end. Raises UnknownAccount."""
        name = normalised(username)
        with self._sessions() as session, session.begin():
            account = self._account(session, name)
            self._second_factor.remove(session, account)
            self._signed_in.close_all(session, account.id)
        self.audit.record(actor, "account.totp_reset", name)

    def deactivate(self, username: str, *, actor: str = COMMAND_LINE) -> None:
        """Nobody can sign in with this account any more, sessions and API tokens are over.

        Raises UnknownAccount, and InvalidAccount for the last one who manages accounts.
        """
        name = normalised(username)
        with self._sessions() as session, session.begin():
            account = self._account(session, name)
            with self._keeping_an_administrator(session):
                account.active = False
            self._signed_in.close_all(session, account.id)
            self.tokens.revoke_all(session, account.id)
        self.audit.record(actor, "account.deactivate", name)

    def activate(self, username: str, *, actor: str = COMMAND_LINE) -> None:
        """An account that was closed can be used again. Raises UnknownAccount."""
        name = normalised(username)
        with self._sessions() as session, session.begin():
            self._account(session, name).active = True
        self.audit.record(actor, "account.activate", name)

    def close_all_sessions(self, username: str, *, actor: str) -> None:
        """Sign somebody out everywhere. Raises UnknownAccount."""
        name = normalised(username)
        with self._sessions() as session, session.begin():
            self._signed_in.close_all(session, self._account(session, name).id)
        self.audit.record(actor, "session.revoke", name)

    def _forget_attempts(self, name: str) -> None:
        self._attempts.forget(name, password_of(name), code_of(name))

    def _checked_department(self, department: str) -> str:
        """The department as it is kept; one that nobody knows would open no ticket, and nobody would know why."""
        wanted = department.strip()
        if wanted and wanted not in self._departments:
            raise InvalidAccount(f"没有“{wanted}”这个部门，请填部门表里的代码")
        return wanted

    def _add(self, account: Account, actor: str, identity: ExternalIdentity | None = None) -> None:
        try:
            with self._sessions() as session, session.begin():
                session.add(account)
                if identity is not None:
                    session.flush()
                    identity.account_id = account.id
                    session.add(identity)
        except IntegrityError as error:
            raise InvalidAccount(
                f"用户名“{account.username}”已经有人用了", code="name_taken", name=account.username
            ) from error
        self.audit.record(actor, "account.create", account.username, "、".join(account.roles))

    @staticmethod
    @contextmanager
    def _keeping_an_administrator(session: Session) -> Iterator[None]:
        """Raise InvalidAccount if the change within takes the last one who manages accounts; nothing is kept of it then."""
        before = _administrators(session)
        yield
        session.flush()
        if before and not _administrators(session):
            raise InvalidAccount(
                "这是最后一个能管理账号的人，请先让另一个账号成为系统管理员", code="last_administrator"
            )

    @staticmethod
    def _account(session: Session, name: str) -> Account:
        account = session.scalar(select(Account).where(Account.username == name))
        if account is None:
            raise UnknownAccount(name)
        return account

    def _principal(self, account: Account) -> Principal:
        return Principal(
            username=account.username,
            display_name=account.display_name,
            roles=tuple(account.roles),
            permissions=role_table().permissions_of(account.roles),
            department=account.department,
            owes=self._owes(account),
            password=hashlib.sha256(account.password_hash.encode()).hexdigest(),
        )

    def _owes(self, account: Account) -> str:
        if account.must_change_password:
            return "password"
        # Who has no password here signs in at the identity provider, which has its own second factor.
        needs = account.password_hash and not account.totp_secret
        return "second_factor" if needs and self._require_totp_roles & set(account.roles) else ""


def _administrators(session: Session) -> list[str]:
    """Active accounts that manage accounts. Locked, so that two who take each other's role at once cannot both succeed."""
    rows = session.scalars(select(Account).where(Account.active.is_(True)).order_by(Account.id).with_for_update())
    return [row.username for row in rows if MANAGES in role_table().permissions_of(row.roles)]


def normalised(username: str) -> str:
    """One spelling of a name, whatever width and case it was typed in."""
    return unicodedata.normalize("NFKC", username).strip().casefold()


def password_of(name: str) -> str:
    """What is guessed by who changes a password; see ``AttemptLimiter.guess``."""
    return f"password of {name}"


def code_of(name: str) -> str:
    """What is guessed by who gives a code of the second factor."""
    return f"code of {name}"


def _shown(display_name: str, username: str) -> str:
    shown = display_name.strip() or username[:MAX_DISPLAY_NAME]
    if len(shown) > MAX_DISPLAY_NAME:
        raise InvalidAccount(f"姓名最多 {MAX_DISPLAY_NAME} 个字", code="display_name", most=MAX_DISPLAY_NAME)
    return shown


def _view(account: Account, external: bool) -> AccountView:
    return AccountView(
        username=account.username,
        display_name=account.display_name,
        roles=tuple(account.roles),
        department=account.department,
        active=account.active,
        created_at=account.created_at,
        last_login_at=account.last_login_at,
        must_change_password=account.must_change_password,
        second_factor=bool(account.totp_secret),
        external=external,
    )
