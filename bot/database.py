"""Engine, sessions and the declarative base. Services receive a session factory and open one transaction per deed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, ClassVar

import orjson
from sqlalchemy import JSON, DateTime, Engine, MetaData, create_engine, event, make_url
from sqlalchemy.engine import URL, Dialect
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.types import TypeDecorator

SessionFactory = Callable[[], Session]
# A request that meets a lock, a full pool or a database that is gone is refused after so long, and may come again: a
# thread that waits longer is one that nobody else gets.
WAIT_SECONDS = 5.0
# A migration waits for whoever is at work.
MIGRATION_SECONDS = 60.0
# A connection for every thread of bot/pools.py: none waits for another's.
POOL_SIZE, POOL_OVERFLOW = 10, 30
# Drivers that take ``connect_timeout`` in seconds.
TIMED_DRIVERS = {"psycopg", "psycopg2", "pymysql", "mysqldb", "mariadbconnector"}
# The database cannot do it now and may be able to later: locked, full, gone, no connection left.
DATABASE_REFUSALS = (OperationalError, InterfaceError, PoolTimeout)
# What doors say with such a refusal, in seconds.
RETRY_AFTER = 5

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


def refusal_of(error: BaseException) -> str:
    """What the database said when it refused, for the log: kinds and codes, no statement, no values.

    Its own words are told for SQLite alone, which never quotes data in them.
    """
    if not isinstance(error, DBAPIError) or error.orig is None:
        return type(error).__name__
    kind = type(error.orig)
    if kind.__module__ == "sqlite3":
        return f"{kind.__name__}: {error.orig}"
    code = getattr(error.orig, "sqlstate", None) or next(iter(error.orig.args), "")
    return f"{kind.__name__} {code}" if isinstance(code, int) or str(code).isalnum() else kind.__name__


def create_database_engine(dsn: str, *, wait_seconds: float = WAIT_SECONDS) -> Engine:
    """An engine for ``dsn``; SQLite gets write-ahead logging and foreign keys.

    ``wait_seconds``: for a lock, for a connection of the pool and for the server. What statements carry is in no error
    and so in no log.

    With WAL and ``synchronous=NORMAL`` a committed transaction survives a killed process (https://sqlite.org/wal.html).
    """
    url = make_url(dsn)
    engine = create_engine(
        url,
        json_serializer=_json,
        json_deserializer=orjson.loads,
        hide_parameters=True,
        pool_pre_ping=url.get_backend_name() != "sqlite",
        pool_size=POOL_SIZE,
        max_overflow=POOL_OVERFLOW,
        pool_timeout=wait_seconds,
        connect_args=_connect_args(url, wait_seconds),
    )
    settings = _connection_settings(url.get_backend_name(), wait_seconds)

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        for statement in settings:
            cursor.execute(statement)
        cursor.close()
        connection.commit()

    return engine


def _connect_args(url: URL, wait_seconds: float) -> dict[str, Any]:
    if url.get_backend_name() == "sqlite":
        return {"timeout": wait_seconds, "check_same_thread": False}
    return {"connect_timeout": max(1, round(wait_seconds))} if url.get_driver_name() in TIMED_DRIVERS else {}


def _connection_settings(backend: str, wait_seconds: float) -> list[str]:
    """What a new connection is told first."""
    by_backend = {
        "sqlite": [
            "PRAGMA journal_mode=WAL",
            "PRAGMA synchronous=NORMAL",
            "PRAGMA foreign_keys=ON",
            # What is deleted is written over; otherwise it stays readable in the file's free pages.
            "PRAGMA secure_delete=ON",
        ],
        "postgresql": [f"SET lock_timeout = {round(wait_seconds * 1000)}"],
        "mysql": [f"SET SESSION innodb_lock_wait_timeout = {max(1, round(wait_seconds))}"],
    }
    return by_backend.get("mysql" if backend == "mariadb" else backend, [])


def create_session_factory(engine: Engine) -> sessionmaker[Session]:
    """Sessions whose objects stay readable after commit."""
    return sessionmaker(engine, expire_on_commit=False)


def engine_of(sessions: SessionFactory) -> Engine:
    """The engine behind a session factory, for statements that need no objects."""
    with sessions() as session:
        return session.get_bind().engine
