"""Passwords: which are good enough, and how they are kept (argon2id, RFC 9106)."""

from __future__ import annotations

import re
import secrets
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import ParamSpec, TypeVar

import yaml
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

from bot.security.errors import InvalidAccount, TooBusy

P = ParamSpec("P")
T = TypeVar("T")

MIN_LENGTH = 10
MAX_LENGTH = 256
LEAST_DIFFERENT = 4
# zxcvbn looks at no more; what it has seen decides.
LOOKED_AT = 72
# Of 0 to 4; 3 stands for at least a hundred million guesses by somebody who knows what people choose.
STRONG_ENOUGH = 3
# Letters beside common words, digits and signs.
LEAST_OTHER = 4
# Of a name in a password: shorter ones stand in many words by chance.
SHORTEST_NAME = 3
NAME_PARTS = re.compile(r"[@._-]")
OWN_NAMES = ("wenzheng", "问政")
COMMON_FILE = Path(__file__).parent / "common_passwords.yml"
# Without what looks alike on paper: 0 and o, 1, i and l.
READABLE = "abcdefghjkmnpqrstuvwxyz23456789"
# OWASP's parameters for argon2id: 19 MiB, two passes, one lane. A verification takes some 20 ms of one core.
MEMORY_KIB, PASSES, LANES = 19 * 1024, 2, 1
# More at once would cost memory and win no time on two cores; who waits longer is asked to come back.
AT_ONCE = 2
MOST_WAITING = 16
PATIENCE_SECONDS = 5.0


def check_password(password: str, username: str) -> None:
    """Raise InvalidAccount unless the password may be used."""
    if len(password) < MIN_LENGTH:
        raise InvalidAccount(f"密码至少要 {MIN_LENGTH} 个字符", code="password_short", least=MIN_LENGTH)
    if len(password) > MAX_LENGTH:
        raise InvalidAccount(f"密码最多 {MAX_LENGTH} 个字符", code="password_long", most=MAX_LENGTH)
    if password.strip().casefold() == username.casefold():
        raise InvalidAccount("密码不能和用户名相同", code="password_is_name")
    if len(set(password)) < LEAST_DIFFERENT:
        raise InvalidAccount("密码太简单，请多用几种字符", code="password_simple")
    if _easily_guessed(password, username):
        raise InvalidAccount(
            "这个密码容易被猜到。请换一个：可以用几个不相干的词，不要用用户名、生日和连续的数字",
            code="password_common",
        )


def _easily_guessed(password: str, username: str) -> bool:
    names = [one for one in (username, *NAME_PARTS.split(username)) if len(one) >= SHORTEST_NAME]
    names += OWN_NAMES
    looked_at = password.casefold()[:LOOKED_AT]
    if any(name in looked_at for name in names):
        return True
    known = [*names, *common_words()]
    rest = looked_at
    for word in sorted(known, key=len, reverse=True):
        rest = rest.replace(word, "")
    if sum(one.isalpha() for one in rest) < LEAST_OTHER:
        return True
    score: int = zxcvbn(looked_at, user_inputs=[word for word in known if word])["score"]
    return score < STRONG_ENOUGH


@lru_cache(maxsize=1)
def common_words() -> tuple[str, ...]:
    """What people here build passwords of; see ``common_passwords.yml``."""
    words: list[str] = yaml.safe_load(COMMON_FILE.read_text(encoding="utf-8"))
    return tuple(word.casefold() for word in words)


def one_time_password() -> str:
    """A password to hand over once, 59 random bits: ``k7mp-x2qd-9whn``."""
    while True:
        made = "-".join("".join(secrets.choice(READABLE) for _ in range(4)) for _ in range(3))
        # One in some thousand is nearly all digits, and would be refused like anybody's.
        if len(set(made)) >= LEAST_DIFFERENT and not _easily_guessed(made, ""):
            return made


class Passwords:
    """Hashes and verifies passwords; takes as long for a name that does not exist as for one that does.

    No more than ``AT_ONCE`` are worked on at the same time, however many ask: each takes 19 MiB.
    """

    def __init__(
        self, hasher: PasswordHasher | None = None, *, patience: float = PATIENCE_SECONDS, waiting: int = MOST_WAITING
    ) -> None:
        self._hasher = hasher or PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES)
        self._turns = threading.BoundedSemaphore(AT_ONCE)
        self._room = threading.BoundedSemaphore(AT_ONCE + waiting)
        # Always the same threads: the allocator keeps what a thread has once had, and each hash takes 19 MiB.
        self._workers = ThreadPoolExecutor(AT_ONCE, "hashing")
        self._patience = patience
        self._nobody = self._hasher.hash("nobody has this password")

    def hash(self, password: str) -> str:
        """The hash to keep, with its parameters and salt. Raises TooBusy."""
        return self._worked_on(self._hasher.hash, password)

    def verify(self, kept: str | None, password: str) -> bool:
        """Whether ``password`` is the one behind ``kept``; always false, and as slow, for none. Raises TooBusy."""
        if len(password) > MAX_LENGTH:
            password, kept = "", None
        try:
            return self._worked_on(self._hasher.verify, kept or self._nobody, password) and bool(kept)
        except (VerificationError, InvalidHashError):
            return False

    def outdated(self, kept: str) -> bool:
        """Whether the hash was made with other parameters than are used now."""
        return self._hasher.check_needs_rehash(kept)

    def _worked_on(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        with self._turn():
            return self._workers.submit(work, *args, **kwargs).result()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """A place at the work; raises TooBusy where too many wait already, or for too long."""
        if not self._room.acquire(blocking=False):
            raise TooBusy
        try:
            if not self._turns.acquire(timeout=self._patience):
                raise TooBusy
            try:
                yield
            finally:
                self._turns.release()
        finally:
            self._room.release()
