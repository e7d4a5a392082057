"""Passwords: which are good enough, and how they are kept (argon2id, RFC 9106)."""

from __future__ import annotations

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from bot.security.errors import InvalidAccount

MIN_LENGTH = 10
MAX_LENGTH = 256
# Without what looks alike on paper: 0 and o, 1, i and l.
READABLE = "abcdefghjkmnpqrstuvwxyz23456789"


def check_password(password: str, username: str) -> None:
    """Raise InvalidAccount unless the password may be used."""
    if len(password) < MIN_LENGTH:
        raise InvalidAccount(f"密码至少要 {MIN_LENGTH} 个字符")
    if len(password) > MAX_LENGTH:
        raise InvalidAccount(f"密码最多 {MAX_LENGTH} 个字符")
    if password.strip().casefold() == username.casefold():
        raise InvalidAccount("密码不能和用户名相同")
    if len(set(password)) < 4:
        raise InvalidAccount("密码太简单，请多用几种字符")


def one_time_password() -> str:
    """A password to hand over once, 59 random bits: ``k7mp-x2qd-9whn``."""
    return "-".join("".join(secrets.choice(READABLE) for _ in range(4)) for _ in range(3))


class Passwords:
    """Hashes and verifies passwords; takes as long for a name that does not exist as for one that does."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._nobody = self._hasher.hash("nobody has this password")

    def hash(self, password: str) -> str:
        """The hash to keep, with its parameters and salt."""
        return self._hasher.hash(password)

    def verify(self, kept: str | None, password: str) -> bool:
        """Whether ``password`` is the one behind ``kept``; always false, and as slow, for none."""
        if len(password) > MAX_LENGTH:
            password, kept = "", None
        try:
            return self._hasher.verify(kept or self._nobody, password) and bool(kept)
        except (VerificationError, InvalidHashError):
            return False

    def outdated(self, kept: str) -> bool:
        """Whether the hash was made with other parameters than are used now."""
        return self._hasher.check_needs_rehash(kept)
