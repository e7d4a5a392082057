"""The database as a back-up sees it: what can be done with each kind, behind one door."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, Engine, MetaData, Table, func, inspect, select
from sqlalchemy.engine import make_url

from bot.backup.errors import BackupError
from bot.backup.manifest import Kind

Progress = Callable[[float], None]
VERSION_TABLE = "alembic_version"


@dataclass(frozen=True)
class Dumped:
    """What was saved: the last migration, and the rows of each table; ``exact``: counted in what was saved itself."""

    schema_head: str
    rows: dict[str, int]
    exact: bool = True


class SavedDatabase(Protocol):
    """One kind of database. Every method raises BackupError with words for the operator."""

    kind: Kind

    def dump(self, folder: Path, progress: Progress) -> Dumped:
        """Save everything into ``folder`` as it is at one moment, while others read and write."""

    def is_empty(self) -> bool:
        """Whether there is nothing that a restore would replace."""

    def check_unused(self) -> None:
        """Raise BackupError while anybody else is connected."""

    def stage(self, folder: Path, stamp: str, workplace: Path, progress: Progress) -> Dumped:
        """Bring the dump in ``folder`` beside the present data, without touching them; ``workplace``: a private folder."""

    def aside(self, stamp: str) -> str:
        """Where the present data will be after the switch, in words."""

    def switch(self, stamp: str) -> None:
        """Put what was staged in the place of the present data, in one step; the present ones are set aside."""


def database_for(dsn: str) -> SavedDatabase:
    """What saves and restores the database of this URL."""
    from bot.backup.mysql import MySqlDatabase
    from bot.backup.postgresql import PostgresDatabase
    from bot.backup.sqlite import SqliteDatabase

    url = make_url(dsn)
    kind = url.get_backend_name()
    if kind == "sqlite" and url.database:
        return SqliteDatabase(Path(url.database))
    if kind == "postgresql":
        return PostgresDatabase(dsn)
    if kind in {"mysql", "mariadb"}:
        return MySqlDatabase(dsn)
    raise BackupError(f"Databases of the kind {kind} cannot be backed up by this command. Use the tools of its makers")


def count_rows(connection: Connection) -> dict[str, int]:
    """The rows of every table, as this connection sees them now."""
    metadata = MetaData()
    names = sorted(inspect(connection).get_table_names())
    tables = [Table(name, metadata) for name in names]
    return {table.name: connection.scalar(select(func.count()).select_from(table)) or 0 for table in tables}


def schema_head(connection: Connection) -> str:
    """The last migration that the database has seen; raises BackupError where it is not ours."""
    if not inspect(connection).has_table(VERSION_TABLE):
        raise BackupError("The database holds no tables of the assistant: there is nothing to save yet")
    return str(connection.exec_driver_sql(f"SELECT version_num FROM {VERSION_TABLE}").scalar_one())  # noqa: S608


def dumped(connection: Connection, *, exact: bool = True) -> Dumped:
    """What this connection sees now."""
    return Dumped(schema_head(connection), count_rows(connection), exact)


def no_tables(engine: Engine) -> bool:
    """Whether the database has no tables at all."""
    return not inspect(engine).get_table_names()
