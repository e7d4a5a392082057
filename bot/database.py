"""Engine, sessions and the declarative base. Services receive a session factory and open one transaction per deed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, ClassVar

import orjson
from sqlalchemy import JSON, DateTime, Engine, MetaData, create_engine, event
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.types import TypeDecorator

SessionFactory = Callable[[], Session]

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """Aware UTC in Python, naive UTC in the database: SQLite and MySQL keep no time zone."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive times, store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime: use bot.database.utcnow() or an aware time")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Read back as aware UTC."""
        return None if value is None else value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    """Base of every table; constraint names are predictable so that migrations can name them."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcDateTime,
        dict[str, Any]: JSON,
        list[Any]: JSON,
        list[str]: JSON,
        dict[str, float]: JSON,
    }


def utcnow() -> datetime:
    """Now, aware, in UTC."""
    return datetime.now(UTC)


def _json(value: Any) -> str:
    """Chinese stays readable, so that it can be searched for in the column's text."""
    return orjson.dumps(value).decode()


def create_database_engine(dsn: str) -> Engine:
    """An engine for ``dsn``; SQLite gets write-ahead logging, foreign keys and a busy time-out.

    With WAL and ``synchronous=NORMAL`` a committed transaction survives a killed process (https://sqlite.org/wal.html).
    """
    if not dsn.startswith("sqlite"):
        return create_engine(
            dsn,
            json_serializer=_json,
            json_deserializer=orjson.loads,
            pool_pre_ping=True,
            pool_size=10,
            max_overflow=20,
        )
    engine = create_engine(
        dsn,
        json_serializer=_json,
        json_deserializer=orjson.loads,
        connect_args={"timeout": 15, "check_same_thread": False},
        # A connection for every thread of bot/pools.py: none waits for another's.
        pool_size=10,
        max_overflow=30,
    )

    @event.listens_for(engine, "connect")
    def _pragmas(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=NORMAL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    return engine


def create_session_factory(engine: Engine) -> sessionmaker[Session]:
    """Sessions whose objects stay readable after commit."""
    return sessionmaker(engine, expire_on_commit=False)


def engine_of(sessions: SessionFactory) -> Engine:
    """The engine behind a session factory, for statements that need no objects."""
    with sessions() as session:
        return session.get_bind().engine
