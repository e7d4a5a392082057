"""Alembic's entry: runs the migrations over the connection or the URL it is given."""

from __future__ import annotations

from typing import Literal

from alembic import context

from bot.database import MIGRATION_SECONDS, UtcDateTime, create_database_engine
from bot.tables import metadata

config = context.config


def render_item(kind: str, item: object, _context: object) -> str | Literal[False]:
    """Our time type is a plain DateTime in the database."""
    return "sa.DateTime()" if kind == "type" and isinstance(item, UtcDateTime) else False


def run() -> None:
    """Migrate the database of the Alembic configuration's ``sqlalchemy.url``."""
    engine = create_database_engine(config.get_main_option("sqlalchemy.url") or "", wait_seconds=MIGRATION_SECONDS)
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=metadata,
            render_as_batch=True,
            compare_type=True,
            render_item=render_item,
        )
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


run()
