"""PostgreSQL: saved by pg_dump, restored in one transaction that first sets the present schema aside under another name.

Rows are counted in the very snapshot that pg_dump reads. The password is given in the environment of the programs.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from bot.backup.databases import Dumped, Progress, dumped, no_tables
from bot.backup.errors import BackupError
from bot.backup.files import make_private_file
from bot.backup.manifest import Kind
from bot.backup.tools import find_tool, run_tool
from bot.database import create_database_engine

SAVED = "wenzheng.pgdump"
PACKAGE = "postgresql-client"
# libpq reads these from the environment; SQLAlchemy has them in the URL (https://www.postgresql.org/docs/current/libpq-envars.html).
FROM_QUERY = {
    "host": "PGHOST",
    "port": "PGPORT",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "options": "PGOPTIONS",
    "service": "PGSERVICE",
}


class PostgresDatabase:
    """The schema that the assistant's account works in."""

    kind: Kind = "postgresql"

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._statements = Path()

    def dump(self, folder: Path, progress: Progress) -> Dumped:
        """See :class:`SavedDatabase`."""
        tool = find_tool(["pg_dump"], PACKAGE)
        target = folder / SAVED
        make_private_file(target)
        with self._connection() as connection:
            connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))
            found = dumped(connection)
            snapshot = connection.scalar(text("SELECT pg_export_snapshot()"))
            options = ["--format=custom", "--no-owner", "--no-privileges", f"--schema={_quoted(_schema(connection))}"]
            run_tool([tool, *options, f"--snapshot={snapshot}", f"--file={target}"], self._environment())
        progress(1.0)
        return found

    def is_empty(self) -> bool:
        """See :class:`SavedDatabase`."""
        with self._connection() as connection:
            return no_tables(connection.engine)

    def check_unused(self) -> None:
        """See :class:`SavedDatabase`."""
        others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        with self._connection() as connection:
            count = connection.scalar(text(others + " AND backend_type = 'client backend'"))
        if count:
            raise BackupError(
                f"{count} others are connected to the database. Stop the assistant everywhere, then try again"
            )

    def stage(self, folder: Path, stamp: str, workplace: Path, progress: Progress) -> Dumped:
        """See :class:`SavedDatabase`. The dump becomes one file of statements: a damaged one is found before the switch."""
        find_tool(["psql"], PACKAGE)
        self._statements = workplace / "statements.sql"
        make_private_file(self._statements)
        with self._connection() as connection:
            schema = _schema(connection)
        options = ["--no-owner", "--no-privileges", f"--schema={schema}", f"--file={self._statements}"]
        run_tool([find_tool(["pg_restore"], PACKAGE), *options, folder / SAVED], self._environment())
        progress(1.0)
        return Dumped("", {}, exact=False)

    def aside(self, stamp: str) -> str:
        """See :class:`SavedDatabase`."""
        return f"the schema {_aside(stamp)} of the database"

    def switch(self, stamp: str) -> None:
        """See :class:`SavedDatabase`. One transaction: broken off at any moment, the database is as it was."""
        with self._connection() as connection:
            schema = _schema(connection)
        first = self._statements.with_name("aside.sql")
        first.write_text(f'ALTER SCHEMA "{schema}" RENAME TO "{_aside(stamp)}";\nCREATE SCHEMA "{schema}";\n', "utf-8")
        options = ["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--single-transaction"]
        run_tool(
            [find_tool(["psql"], PACKAGE), *options, f"--file={first}", f"--file={self._statements}"],
            self._environment(),
        )

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        engine = create_database_engine(self._dsn)
        try:
            with engine.connect() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise BackupError(
                f"The database cannot be asked: {type(error).__name__}. Check WENZHENG_DATABASE_URL"
            ) from error
        finally:
            engine.dispose()

    def _environment(self) -> dict[str, str]:
        url = make_url(self._dsn)
        wanted = {
            "PGHOST": url.host,
            "PGPORT": str(url.port) if url.port else None,
            "PGUSER": url.username,
            "PGPASSWORD": url.password,
            "PGDATABASE": url.database,
            "PGCONNECT_TIMEOUT": "15",
        } | {name: str(url.query[key]) for key, name in FROM_QUERY.items() if key in url.query}
        return os.environ | {name: value for name, value in wanted.items() if value}


def _schema(connection: Connection) -> str:
    name = str(connection.scalar(text("SELECT current_schema()")) or "public")
    if '"' in name:
        raise BackupError(f"A schema with a quotation mark in its name ({name}) is not supported")
    return name


def _aside(stamp: str) -> str:
    return f"before_restore_{stamp.lower()}"


def _quoted(name: str) -> str:
    """A name in the patterns of pg_dump, where it would be folded to small letters without quotation marks."""
    return f'"{name}"'
