"""The second factor: time-based one-time passwords (RFC 6238) and recovery codes."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import pyotp
from sqlalchemy import CursorResult, delete, func, select, update
from sqlalchemy.orm import Session

from bot.security.encryption import DecryptionError, FieldCipher
from bot.security.errors import InvalidAccount, SecondStepOver, WrongCode
from bot.security.models import Account, RecoveryCode

STEP_SECONDS = 30
# The step before and the one after count too: clocks of telephones differ, and typing takes time.
NEIGHBOURS = (0, -1, 1)
RECOVERY_CODES = 8
ISSUER = "问政工作台"
SECOND_STEP_SECONDS = 300


@dataclass(frozen=True)
class Enrolment:
    """What an authenticator app needs: the secret to type, or the address that a QR code holds."""

    secret: str
    address: str


class SecondFactor:
    """Works inside the transaction of its caller, like StaffSessions."""

    def __init__(self, cipher: FieldCipher, now: Callable[[], datetime]) -> None:
        self._cipher = cipher
        self._now = now

    @staticmethod
    def offer(username: str) -> Enrolment:
        """A new secret of 160 random bits; nothing is kept until it is enrolled."""
        secret = pyotp.random_base32()
        return Enrolment(secret, pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=ISSUER))

    def enrol(self, session: Session, account: Account, secret: str, code: str) -> list[str]:
        """Keep the secret, confirmed by a first code; the recovery codes, told once. Raises WrongCode."""
        if account.totp_secret:
            raise InvalidAccount("两步验证已经开启了")
        step = self._step_of(secret, code)
        if step is None:
            raise WrongCode
        account.totp_secret, account.totp_step = self._cipher.encrypt(secret), step
        session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))
        codes = [_recovery_code() for _ in range(RECOVERY_CODES)]
        session.add_all(RecoveryCode(account_id=account.id, code_hash=_digest(_cleaned(code))) for code in codes)
        return codes

    def accept(self, session: Session, account: Account, code: str) -> None:
        """Take a code of the app or a recovery code, each only once. Raises WrongCode."""
        if not account.totp_secret:
            raise WrongCode
        # A secret that cannot be opened has no codes; recovery codes are kept as hashes and go on working.
        secret = self._cipher.decrypt_or(account.totp_secret, "", what="an account's second factor")
        step = self._step_of(secret, code) if secret else None
        # Conditions in the statement: of two browsers that send the same code at the same moment, one gets in.
        if step is not None:
            newer = update(Account).where(Account.id == account.id, Account.totp_step < step).values(totp_step=step)
            taken = session.execute(newer)
        else:
            unused = RecoveryCode.account_id == account.id, RecoveryCode.used_at.is_(None)
            used = update(RecoveryCode).where(*unused, RecoveryCode.code_hash == _digest(_cleaned(code)))
            taken = session.execute(used.values(used_at=self._now()))
        if not isinstance(taken, CursorResult) or taken.rowcount != 1:
            raise WrongCode

    @staticmethod
    def remove(session: Session, account: Account) -> None:
        """Sign in with the password alone from now on."""
        account.totp_secret = ""
        session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))

    @staticmethod
    def recovery_codes_left(session: Session, account_id: int) -> int:
        """How many recovery codes were not used yet."""
        unused = RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None)
        return session.scalar(select(func.count()).select_from(RecoveryCode).where(*unused)) or 0

    def _step_of(self, secret: str, code: str) -> int | None:
        """The time step whose code this is, if it is one of about now."""
        typed, generator = _cleaned(code), pyotp.TOTP(secret)
        present = int(self._now().timestamp()) // STEP_SECONDS
        for step in (present + offset for offset in NEIGHBOURS):
            if hmac.compare_digest(generator.generate_otp(step), typed):
                return step
        return None


class SecondStep:
    """What a browser holds between password and code: a sealed note of whose password was right, and when."""

    def __init__(self, cipher: FieldCipher, now: Callable[[], datetime]) -> None:
        self._cipher = cipher
        self._now = now

    def note(self, account: Account) -> str:
        """The note for the browser; worthless without a code, and once the password is another one."""
        content = {"name": account.username, "at": self._now().timestamp(), "password": _digest(account.password_hash)}
        return self._cipher.encrypt(json.dumps(content))

    def username(self, note: str) -> str:
        """Whose note this is; raises SecondStepOver for an old or made-up one."""
        return str(self._read(note)["name"])

    def check(self, note: str, account: Account) -> None:
        """Raise SecondStepOver unless the password is still the one that was right."""
        if self._read(note)["password"] != _digest(account.password_hash):
            raise SecondStepOver

    def _read(self, note: str) -> dict[str, str | float]:
        try:
            content: dict[str, str | float] = json.loads(self._cipher.decrypt(note))
        except (DecryptionError, UnicodeEncodeError) as error:
            raise SecondStepOver from error
        # The same key seals other notes too.
        if "password" not in content or self._now().timestamp() - float(content["at"]) > SECOND_STEP_SECONDS:
            raise SecondStepOver
        return content


def _recovery_code() -> str:
    text = base64.b32encode(secrets.token_bytes(10)).decode().lower()
    return "-".join(text[at : at + 4] for at in range(0, 16, 4))


def _cleaned(code: str) -> str:
    """As typed, in any width, with or without spaces and hyphens; ASCII only."""
    kept = unicodedata.normalize("NFKC", code).casefold()
    return "".join(one for one in kept if one.isascii() and one.isalnum())


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
