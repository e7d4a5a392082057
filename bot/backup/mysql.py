"""MySQL and MariaDB: saved by the dump program, restored into a database of its own whose tables then change places.

Changes of tables are no transaction there, but one RENAME TABLE of many tables happens whole or not at all
(https://mariadb.com/kb/en/rename-table/). The password is in a file that only its owner can read.
"""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from bot.backup.databases import Dumped, Progress, dumped, no_tables
from bot.backup.errors import BackupError
from bot.backup.files import make_private_file, write_private
from bot.backup.manifest import Kind
from bot.backup.tools import find_tool, last_words, run_tool
from bot.database import create_database_engine
from bot.migrate import migrate

SAVED = "wenzheng.sql.gz"
PACKAGE = "mariadb-client"
DUMP_TOOLS, CLIENTS = ["mariadb-dump", "mysqldump"], ["mariadb", "mysql"]
COMPLETE = b"-- Dump completed"


class MySqlDatabase:
    """The database that the assistant's account works in."""

    kind: Kind = "mysql"

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._url = make_url(dsn)
        self._name = self._url.database or ""

    def dump(self, folder: Path, progress: Progress) -> Dumped:
        """See :class:`SavedDatabase`. Nobody else can read the snapshot of the dump, so rows are counted just before it."""
        tool, target = find_tool(DUMP_TOOLS, PACKAGE), folder / SAVED
        with self._connection() as connection:
            found = dumped(connection, exact=False)
        make_private_file(target)
        options = [
            "--single-transaction",
            "--quick",
            "--hex-blob",
            "--default-character-set=utf8mb4",
            "--no-tablespaces",
        ]
        with self._defaults() as defaults, tempfile.TemporaryFile() as said:
            command = [tool, f"--defaults-extra-file={defaults}", *options, self._name]
            with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=said) as source:  # noqa: S603
                assert source.stdout is not None  # noqa: S101 - asked for above
                with gzip.open(target, "wb", compresslevel=3) as packed:
                    shutil.copyfileobj(source.stdout, packed, 1 << 20)
            if source.returncode:
                said.seek(0)
                raise BackupError(f"{Path(tool).name} failed: {last_words(said.read())}")
        progress(1.0)
        return found

    def is_empty(self) -> bool:
        """See :class:`SavedDatabase`."""
        with self._connection() as connection:
            return no_tables(connection.engine)

    def check_unused(self) -> None:
        """See :class:`SavedDatabase`."""
        others = "SELECT count(*) FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()"
        with self._connection() as connection:
            count = connection.scalar(text(others))
        if count:
            raise BackupError(
                f"{count} others are connected to the database. Stop the assistant everywhere, then try again"
            )

    def stage(self, folder: Path, stamp: str, workplace: Path, progress: Progress) -> Dumped:
        """See :class:`SavedDatabase`: into a database of its own, already brought to the present schema."""
        client = find_tool(CLIENTS, PACKAGE)
        statements = workplace / "statements.sql"
        _unpack(folder / SAVED, statements)
        staged = self._staged(stamp)
        for name in (staged, self._aside(stamp)):
            self._create(name)
        try:
            return self._fill(client, staged, statements, progress)
        except BaseException:
            with self._connection() as connection:
                for name in (staged, self._aside(stamp)):
                    connection.exec_driver_sql(f"DROP DATABASE IF EXISTS `{name}`")
            raise

    def _fill(self, client: str, staged: str, statements: Path, progress: Progress) -> Dumped:
        with self._defaults() as defaults, statements.open("rb") as source:
            run_tool([client, f"--defaults-extra-file={defaults}", staged], os.environ, stdin=source)
        statements.unlink()
        progress(0.9)
        with self._connection(staged) as connection:
            found = dumped(connection)
        migrate(self._url.set(database=staged).render_as_string(hide_password=False))
        return Dumped(found.schema_head, found.rows, exact=False)

    def aside(self, stamp: str) -> str:
        """See :class:`SavedDatabase`."""
        return f"the database {self._aside(stamp)}"

    def switch(self, stamp: str) -> None:
        """See :class:`SavedDatabase`."""
        with self._connection() as connection:
            old = _tables(connection.engine, self._name)
            new = _tables(connection.engine, self._staged(stamp))
            moves = [f"`{self._name}`.`{name}` TO `{self._aside(stamp)}`.`{name}`" for name in old]
            moves += [f"`{self._staged(stamp)}`.`{name}` TO `{self._name}`.`{name}`" for name in new]
            connection.exec_driver_sql("RENAME TABLE " + ", ".join(moves))
            connection.exec_driver_sql(f"DROP DATABASE `{self._staged(stamp)}`")
            if not old:
                connection.exec_driver_sql(f"DROP DATABASE `{self._aside(stamp)}`")

    def _staged(self, stamp: str) -> str:
        return f"{self._name}_restore_{stamp.lower()}"

    def _aside(self, stamp: str) -> str:
        return f"{self._name}_before_restore_{stamp.lower()}"

    def _create(self, name: str) -> None:
        try:
            with self._connection() as connection:
                connection.exec_driver_sql(f"CREATE DATABASE `{name}` CHARACTER SET utf8mb4")
        except BackupError as error:
            raise BackupError(
                f"The database {name} cannot be made. A restore needs databases beside the present one: "
                f"GRANT ALL ON `{self._name}\\_%`.* TO the account of the assistant"
            ) from error

    @contextmanager
    def _connection(self, database: str = "") -> Iterator[Connection]:
        url = self._url.set(database=database) if database else self._url
        engine = create_database_engine(url.render_as_string(hide_password=False))
        try:
            with engine.connect() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise BackupError(f"The database refused: {_reason(error)}") from error
        finally:
            engine.dispose()

    @contextmanager
    def _defaults(self) -> Iterator[Path]:
        """A file with name and password for the client programs; gone afterwards."""
        url = self._url
        known: dict[str, object] = {"user": url.username, "password": url.password, "host": url.host, "port": url.port}
        known |= {"socket": url.query.get("unix_socket"), "ssl-ca": url.query.get("ssl_ca")}
        lines = [f'{name}="{_escaped(str(value))}"' for name, value in known.items() if value]
        with tempfile.TemporaryDirectory() as place:
            file = Path(place) / "client.cnf"
            write_private(file, "\n".join(["[client]", *lines, ""]).encode())
            yield file


def _unpack(packed: Path, target: Path) -> None:
    """Unpack a dump; raises BackupError for one that has no end."""
    make_private_file(target)
    try:
        with gzip.open(packed, "rb") as source, target.open("wb") as file:
            shutil.copyfileobj(source, file, 1 << 20)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise BackupError(f"The back-up is damaged: {packed} cannot be unpacked. Take another back-up") from error
    with target.open("rb") as file:
        file.seek(max(0, target.stat().st_size - 200))
        if COMPLETE not in file.read():
            raise BackupError(f"The back-up is damaged: {packed} has no end. Take another back-up")


def _tables(engine: Engine, database: str) -> list[str]:
    return sorted(inspect(engine).get_table_names(schema=database))


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')


def _reason(error: SQLAlchemyError) -> str:
    """What the server said, without the statement, which may hold data."""
    return str(getattr(error, "orig", None) or type(error).__name__)
