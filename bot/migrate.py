"""Bringing the database to the present schema."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config


def alembic_config(dsn: str) -> Config:
    """Alembic's configuration without an ini file."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("sqlalchemy.url", dsn.replace("%", "%%"))
    return config


def migrate(dsn: str) -> None:
    """Run all migrations that have not been run."""
    command.upgrade(alembic_config(dsn), "head")
