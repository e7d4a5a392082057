"""Accounts over a real SQLite file, with a clock that can be turned and argon2 at its cheapest."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from argon2 import PasswordHasher
from sqlalchemy import create_engine, text

from bot.database import Base, create_database_engine, create_session_factory
from bot.security.accounts import AccountService
from bot.security.attempts import DatabaseAttemptLimiter, Limits
from bot.security.encryption import FieldCipher
from bot.security.passwords import Passwords

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
SECRET = "a secret for tests that is long enough"
GOOD = "correct horse battery"


class StaffRoom:
    def __init__(self, folder: Path) -> None:
        self.dsn = f"sqlite:///{folder / 'accounts.db'}"
        self.engine = create_database_engine(self.dsn)
        Base.metadata.create_all(self.engine)
        self.sessions = create_session_factory(self.engine)
        self.time = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
        self.accounts = self.service()

    def service(
        self,
        hasher: PasswordHasher = CHEAP,
        limit: Limits | str = "10/minute",
        require_totp_roles: tuple[str, ...] = (),
        patience: float = 5,
    ) -> AccountService:
        return AccountService(
            self.sessions,
            DatabaseAttemptLimiter(self.sessions, limit, self.now),
            fields=FieldCipher(SECRET),
            notes=FieldCipher(SECRET, "sign-in"),
            session_hours=8,
            departments=("city_management", "police"),
            require_totp_roles=require_totp_roles,
            passwords=Passwords(hasher, patience=patience),
            now=self.now,
        )

    def now(self) -> datetime:
        return self.time

    def pass_time(self, **amount: float) -> None:
        self.time += timedelta(**amount)

    def signed_in(self, name: str = "lina") -> str:
        return self.accounts.open_session(self.accounts.authenticate(name, GOOD, address="10.0.0.1"))

    def raw(self, sql: str) -> list[tuple[object, ...]]:
        engine = create_engine(self.dsn)
        with engine.connect() as connection:
            rows = [tuple(row) for row in connection.execute(text(sql))]
        engine.dispose()
        return rows

    def close(self) -> None:
        self.engine.dispose()
