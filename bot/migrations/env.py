"""Alembic's entry: runs the migrations over the connection or the URL it is given."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection, Engine, event

from bot.database import MIGRATION_SECONDS, UtcDateTime, create_database_engine
from bot.tables import metadata

config = context.config


def render_item(kind: str, item: object, _context: object) -> str | Literal[False]:
    """Our time type is a plain DateTime in the database."""
    return "sa.DateTime()" if kind == "type" and isinstance(item, UtcDateTime) else False


def _whole_or_not_at_all(engine: Engine) -> None:
    """Let a migration that is broken off leave nothing behind: the driver's own transactions begin with the first row only.

    See https://docs.sqlalchemy.org/en/20/dialects/sqlite.html#enabling-non-legacy-sqlite-transactional-modes.
    """

    @event.listens_for(engine, "connect")
    def _no_implicit_begin(connection: Any, _record: object) -> None:
        connection.isolation_level = None

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def run() -> None:
    """Migrate the database of the Alembic configuration's ``sqlalchemy.url``."""
    engine = create_database_engine(config.get_main_option("sqlalchemy.url") or "", wait_seconds=MIGRATION_SECONDS)
    if engine.dialect.name == "sqlite":
        _whole_or_not_at_all(engine)
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=metadata,
            render_as_batch=True,
            compare_type=True,
            render_item=render_item,
            # SQLite's tables change in transactions, though its driver and Alembic leave that off unless they are told.
            transactional_ddl=True if engine.dialect.name == "sqlite" else None,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


run()
