"""Staff accounts: made by a command or an administrator, opened with a password, closed when people leave."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from sqlalchemy import select

from bot.database import SessionFactory, utcnow
from bot.security.attempts import Attempt, AttemptLimiter
from bot.security.audit import IDENTITY_PROVIDER, NOT_NAME
from bot.security.encryption import FieldCipher
from bot.security.errors import (
    IDENTITY_REFUSALS,
    IdentityRefused,
    InvalidAccount,
    SecondFactorNeeded,
    SecondStepOver,
    SignInRefused,
    TooBusy,
    WrongCode,
)
from bot.security.known_browsers import KnownBrowsers
from bot.security.models import Account, ExternalIdentity
from bot.security.passwords import Passwords, check_password
from bot.security.register import RESERVED, USERNAME, StaffRegister, code_of, normalised, password_of
from bot.security.roles import Principal, role_table
from bot.security.second_factor import Enrolment, SecondFactor, SecondStep
from bot.security.sessions import SessionView, StaffSessions


class AccountService(StaffRegister):
    """The one door to accounts and sessions; every method is one transaction.

    ``fields`` encrypts secrets of second factors; ``notes`` seals what browsers hold for minutes. ``token_days``: how
    long an API token may last. ``idle_minutes``: how long a session lasts in which nothing is
    done; ``one_time_hours``: how long a password that was handed over opens anything. ``departments``: those that an
    account may name; without them none.
    """

    def __init__(
        self,
        sessions: SessionFactory,
        attempts: AttemptLimiter,
        *,
        fields: FieldCipher,
        notes: FieldCipher,
        session_hours: float = 8,
        idle_minutes: float = 60,
        require_totp_roles: Iterable[str] = (),
        token_days: int = 365,
        one_time_hours: float = 72,
        departments: Collection[str] = (),
        passwords: Passwords | None = None,
        now: Callable[[], datetime] = utcnow,
    ) -> None:
        signed_in = StaffSessions(timedelta(hours=session_hours), timedelta(minutes=idle_minutes), now)
        second_factor = SecondFactor(fields, now)
        super().__init__(
            sessions,
            signed_in,
            second_factor,
            passwords or Passwords(),
            now,
            require_totp_roles,
            attempts,
            token_days,
            timedelta(hours=one_time_hours),
            departments,
        )
        self._second_step = SecondStep(notes, now)
        self._browsers = KnownBrowsers(notes, now)

    # Signing in -----------------------------------------------------------

    def authenticate(self, username: str, password: str, *, address: str, known: str = "") -> Principal:
        """Whose password this is. Raises TooManyAttempts, TooBusy, or SignInRefused, which does not say if the name exists.

        ``known``: what ``known_browser`` gave this browser, if anything.
        """
        name = normalised(username)
        attempt = self._attempts.attempt(name, address, self._browsers.read(known, name))
        with self._sessions() as session:
            account = session.scalar(select(Account).where(Account.username == name, Account.active.is_(True)))
        verified = account.password_hash if account else None
        with self._withdrawn_where_busy(attempt):
            right = self._passwords.verify(verified, password)
        over = account is not None and account.one_time_until is not None and account.one_time_until <= self._now()
        if account is not None and right and over:
            self.audit.record(account.username, "session.refused", detail="一次性密码已过期")
            raise SignInRefused
        if account is None or not right:
            # A name that is no account's may be a password typed into the wrong field: it is not written down.
            self.audit.record(account.username if account else NOT_NAME, "session.refused", detail=_paused(attempt))
            raise SignInRefused
        with self._withdrawn_where_busy(attempt):
            fresh = self._passwords.hash(password) if self._passwords.outdated(account.password_hash) else None
        with self._sessions() as session, session.begin():
            account = self._account(session, name)
            if account.password_hash != verified or not account.active:  # changed or closed in the meantime
                raise SignInRefused
            account.last_login_at = self._now()
            account.password_hash = fresh or account.password_hash
        self._attempts.succeeded(attempt)
        return self._principal(account)

    @contextmanager
    def _withdrawn_where_busy(self, attempt: Attempt) -> Iterator[None]:
        """Let TooBusy pass, and count nothing against anybody."""
        try:
            yield
        except TooBusy:
            self._attempts.withdraw(attempt)
            raise

    def known_browser(self, username: str) -> str:
        """A sealed note for a browser in which this person has just signed in; see ``bot/security/attempts.py``."""
        return self._browsers.note(username)

    def second_step(self, principal: Principal) -> str:
        """A sealed note for the browser of somebody who was just authenticated and now has to give a code."""
        with self._sessions() as session:
            return self._second_step.note(self._account(session, principal.username))

    def second_step_name(self, note: str) -> str:
        """Whose password the note says was right; raises SecondStepOver."""
        return self._second_step.username(note)

    def finish_second_step(self, note: str, code: str, *, browser: str = "", known: str = "") -> str:
        """A session's token for the right code. Raises TooManyAttempts, WrongCode, SecondStepOver."""
        name = self._second_step.username(note)
        with self._sessions() as session:
            account = session.scalar(select(Account).where(Account.username == name, Account.active.is_(True)))
        if account is None:
            raise SecondStepOver
        self._second_step.check(note, account)
        self._take_code(account, code, self._browsers.read(known, name))
        try:
            return self.open_session(self._principal(account), browser=browser, proven=True)
        except SignInRefused as error:
            raise SecondStepOver from error

    def open_session(self, principal: Principal, *, browser: str = "", proven: bool = False) -> str:
        """A token for the browser of somebody who was just authenticated.

        Raises SecondFactorNeeded for who has one, unless it is ``proven``: the code was taken, or the identity provider
        has vouched for the person. Raises SignInRefused where the password was changed or the account closed since.
        """
        with self._sessions() as session, session.begin():
            # Locked: a change at the same moment ends this session too, or is seen here.
            session.execute(select(Account.id).where(Account.username == principal.username).with_for_update())
            account = self._account(session, principal.username)
            if not account.active or self._principal(account).password != principal.password:
                raise SignInRefused
            if account.totp_secret and not proven:
                raise SecondFactorNeeded
            token = self._signed_in.open(session, account.id, browser)
        self.audit.record(principal.username, "session.open", detail=browser)
        return token

    def sign_in_external(self, issuer: str, subject: str, *, username: str, display_name: str, roles: list[str]) -> str:
        """Name of the account of a person whom the identity provider vouches for; made at their first sign-in.

        ``roles`` are those the provider gives them now, and become the account's. Raises IdentityRefused.
        """
        who = ExternalIdentity.issuer == issuer, ExternalIdentity.subject == subject
        with self._sessions() as session:
            same = session.scalar(select(Account).join(ExternalIdentity).where(*who))
        if not roles:
            self.audit.record(
                same.username if same else NOT_NAME, "session.refused", detail=IDENTITY_REFUSALS["no_role"]
            )
            raise IdentityRefused("no_role")
        if same is None:
            identity = ExternalIdentity(issuer=issuer, subject=subject)
            try:
                same = self._create_external(identity, username, display_name, roles)
            except InvalidAccount as error:
                # Another first sign-in was faster: of the same person, or of one with the same name.
                self.audit.record(NOT_NAME, "session.refused", detail=IDENTITY_REFUSALS["at_once"])
                raise IdentityRefused("at_once") from error
        elif not same.active:
            self.audit.record(same.username, "session.refused", detail=IDENTITY_REFUSALS["closed"])
            raise IdentityRefused("closed")
        elif set(same.roles) != set(roles):
            self.update(
                same.username,
                display_name=same.display_name,
                roles=roles,
                department=same.department,
                actor=IDENTITY_PROVIDER,
                last_may_go=True,
            )
        with self._sessions() as session, session.begin():
            self._account(session, same.username).last_login_at = self._now()
        return same.username

    def _create_external(
        self, identity: ExternalIdentity, username: str, display_name: str, roles: list[str]
    ) -> Account:
        """A new account, never one that is there already: a name at the provider proves nothing about ours."""
        wanted = "".join(one for one in normalised(username) if USERNAME.fullmatch(one * 2))[:34]
        wanted = wanted if len(wanted) > 1 else "staff"
        with self._sessions() as session:
            taken = set(session.scalars(select(Account.username).where(Account.username.startswith(wanted))))
        taken |= RESERVED
        names = (wanted, *(f"{wanted}-{number}" for number in range(2, len(taken) + 3)))
        account = Account(
            username=next(name for name in names if name not in taken),
            display_name=display_name.strip()[:30] or wanted[:30],
            password_hash="",
            roles=role_table().check(roles),
            created_at=self._now(),
        )
        self._add(account, IDENTITY_PROVIDER, identity)
        return account

    def principal(self, username: str) -> Principal:
        """Who has this name now, with their roles; raises UnknownAccount."""
        with self._sessions() as session:
            return self._principal(self._account(session, normalised(username)))

    # Being signed in ------------------------------------------------------

    def session_account(self, token: str) -> Principal | None:
        """Who is signed in with this token, with the roles they have now; None once it has expired or was revoked."""
        if not token:
            return None
        with self._sessions() as session:
            found = self._signed_in.account(session, token)
        if found is None:
            return None
        account, stale = found
        if stale:
            with self._sessions() as session, session.begin():
                self._signed_in.seen(session, token)
        return self._principal(account)

    def session_ended(self, token: str) -> bool:
        """Whether somebody ended this session: signed out, closed the account, changed the password. Asking is no use of it;
        one that has only run out of time was not ended.
        """
        with self._sessions() as session:
            return self._signed_in.ended(session, token)

    def close_session(self, token: str) -> None:
        """Sign out; a token that is not open is nothing to close."""
        principal = self.session_account(token)
        if principal is None:
            return
        with self._sessions() as session, session.begin():
            self._signed_in.close(session, token)
        self.audit.record(principal.username, "session.close")

    def open_sessions(self, username: str, token: str = "") -> list[SessionView]:
        """The browsers in which somebody is signed in, newest first; the one with ``token`` is marked as this one."""
        with self._sessions() as session:
            return self._signed_in.open_ones(session, self._account(session, username).id, token)

    def close_own_session(self, username: str, session_id: str) -> None:
        """Sign out of another browser of one's own; one that is somebody else's or over is nothing to close."""
        with self._sessions() as session, session.begin():
            self._signed_in.close_one(session, self._account(session, username).id, session_id)
        self.audit.record(username, "session.revoke", username)

    def close_other_sessions(self, username: str, token: str) -> None:
        """Sign out of every browser but the one with ``token``."""
        with self._sessions() as session, session.begin():
            self._signed_in.close_all(session, self._account(session, username).id, but=token)
        self.audit.record(username, "session.revoke", username)

    # One's own account ----------------------------------------------------

    def change_password(self, username: str, present: str, new: str, *, token: str) -> None:
        """One's own password; other browsers are signed out. Raises TooManyAttempts, TooBusy, InvalidAccount."""
        check_password(new, username)
        if new == present:
            raise InvalidAccount("新密码不能和现在的密码相同")
        with self._sessions() as session:
            account = self._account(session, username)
        attempt = self._attempts.guess(password_of(username), "")
        with self._withdrawn_where_busy(attempt):
            if not self._passwords.verify(account.password_hash, present):
                raise InvalidAccount("现在的密码不对，请重新输入")
            kept = self._passwords.hash(new)
        with self._sessions() as session, session.begin():
            account = self._account(session, username)
            account.password_hash, account.must_change_password, account.one_time_until = kept, False, None
            self._signed_in.close_all(session, account.id, but=token)
        self._attempts.succeeded(attempt)
        self.audit.record(username, "account.change_password", username)

    def offer_second_factor(self, username: str) -> Enrolment:
        """A secret for the authenticator app of this person; nothing changes until it is enrolled."""
        return self._second_factor.offer(username)

    def enrol_second_factor(self, username: str, secret: str, code: str) -> list[str]:
        """From now on a code is asked for; returns the recovery codes, told once. Raises WrongCode, InvalidAccount."""
        with self._sessions() as session, session.begin():
            codes = self._second_factor.enrol(session, self._account(session, username), secret, code)
        self.audit.record(username, "account.totp_on", username)
        return codes

    def remove_second_factor(self, username: str, code: str) -> None:
        """One's own, with a code. Raises TooManyAttempts, WrongCode, InvalidAccount where the role needs it."""
        with self._sessions() as session:
            account = self._account(session, username)
        if self._require_totp_roles & set(account.roles):
            raise InvalidAccount("您的角色必须使用两步验证，不能关闭")
        self._take_code(account, code)
        with self._sessions() as session, session.begin():
            self._second_factor.remove(session, self._account(session, username))
        self.audit.record(username, "account.totp_off", username)

    def recovery_codes_left(self, username: str) -> int:
        """How many recovery codes this person has not used yet."""
        with self._sessions() as session:
            return self._second_factor.recovery_codes_left(session, self._account(session, username).id)

    def _take_code(self, account: Account, code: str, browser: str = "") -> None:
        # Counted by name, whatever the address: who gets here knows the password. Another browser of the owner's counts
        # by itself, so that somebody who has the password cannot keep the owner out.
        attempt = self._attempts.guess(code_of(account.username), browser)
        try:
            with self._sessions() as session, session.begin():
                self._second_factor.accept(session, account, code)
        except WrongCode:
            self.audit.record(account.username, "session.refused", detail=f"验证码{_paused(attempt)}")
            raise
        self._attempts.succeeded(attempt)


def _paused(attempt: Attempt) -> str:
    return f"，之后要等 {attempt.pause} 分钟" if attempt.pause else ""
