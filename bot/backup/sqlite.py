"""SQLite: saved through its online back-up while others write, restored by changing names.

The source stays in one read transaction for the whole copy. Without it, SQLite begins the copy again with every commit of
another process (https://sqlite.org/backup.html), and under load would never come to its end.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from bot.backup.databases import VERSION_TABLE, Dumped, Progress
from bot.backup.errors import BackupError
from bot.backup.files import copy_private, make_private_file, make_private_folder, sync_folder
from bot.backup.manifest import Kind

SAVED = "wenzheng.db"
PAGES = 4096
WAIT_SECONDS = 15.0
COMPANIONS = ("-wal", "-shm", "-journal")


class SqliteDatabase:
    """A file, with what SQLite keeps beside it."""

    kind: Kind = "sqlite"

    def __init__(self, file: Path) -> None:
        self.file = file

    def dump(self, folder: Path, progress: Progress) -> Dumped:
        """See :class:`SavedDatabase`."""
        if not self.file.is_file():
            raise BackupError(f"There is no database at {self.file}: nothing to save yet. Check WENZHENG_DATA_DIR")
        target = folder / SAVED
        make_private_file(target)
        with sqlite_errors(f"Saving {self.file}"):
            with closing(sqlite3.connect(self.file, timeout=WAIT_SECONDS, isolation_level=None)) as source:
                source.execute("BEGIN")
                found = _described(source)
                with closing(sqlite3.connect(target, isolation_level=None)) as copy:
                    source.backup(copy, pages=PAGES, progress=lambda _, left, of: progress(1 - left / max(1, of)))
                    copy.execute("PRAGMA journal_mode=DELETE")
                source.execute("ROLLBACK")
            _check(target)
        return found

    def is_empty(self) -> bool:
        """See :class:`SavedDatabase`."""
        return not self.file.exists()

    def check_unused(self) -> None:
        """See :class:`SavedDatabase`. SQLite leaves write-ahead logging only for whoever is alone."""
        if not self.file.is_file():
            return
        with sqlite_errors(f"Opening {self.file}"), closing(sqlite3.connect(self.file, timeout=1)) as connection:
            try:
                connection.execute("PRAGMA journal_mode=DELETE")
                connection.execute("BEGIN EXCLUSIVE")
            except sqlite3.OperationalError as error:
                raise BackupError(
                    f"{self.file} is in use by another program. Stop the assistant, then try again"
                ) from error

    def stage(self, folder: Path, stamp: str, workplace: Path, progress: Progress) -> Dumped:
        """See :class:`SavedDatabase`."""
        source, done = folder / SAVED, 0
        if not source.is_file():
            raise BackupError(f"The back-up is damaged: {source} is missing. Take another back-up")

        def read(count: int) -> None:
            nonlocal done
            done += count
            progress(done / max(1, source.stat().st_size))

        make_private_folder(self.staged(stamp).parent)
        copy_private(source, self.staged(stamp), read)
        with sqlite_errors(f"Checking {source}"):
            _check(self.staged(stamp))
            with closing(sqlite3.connect(self.staged(stamp))) as connection:
                return _described(connection)

    def aside(self, stamp: str) -> str:
        """See :class:`SavedDatabase`."""
        return str(self.aside_folder(stamp))

    def switch(self, stamp: str) -> None:
        """See :class:`SavedDatabase`. Nothing to do: the file is one of those that change names together."""

    def staged(self, stamp: str) -> Path:
        """The file that waits to take the place of the present one, on the same disk."""
        return self.file.parent / f".restore-{stamp}" / self.file.name

    def aside_folder(self, stamp: str) -> Path:
        """Where the present file goes, on the same disk."""
        return self.file.parent / f"before-restore-{stamp}"

    def moves(self, stamp: str) -> list[tuple[Path, Path]]:
        """The changes of names that put the staged file in place, in order."""
        beside = [self.file.with_name(self.file.name + ending) for ending in COMPANIONS]
        old = [path for path in [self.file, *beside] if path.exists()]
        aside = self.aside_folder(stamp)
        if old:
            make_private_folder(aside)
            sync_folder(aside.parent)
        return [*((path, aside / path.name) for path in old), (self.staged(stamp), self.file)]


@contextmanager
def sqlite_errors(doing: str) -> Iterator[None]:
    """Turn what SQLite says into a BackupError."""
    try:
        yield
    except sqlite3.Error as error:
        words = str(error)
        if "full" in words:
            raise BackupError(f"The disk is full: {doing} was broken off. Free some space and try again") from error
        raise BackupError(f"{doing} did not work: {words}") from error


def _described(connection: sqlite3.Connection) -> Dumped:
    names = [
        str(name)
        for (name,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
        )
    ]
    if VERSION_TABLE not in names:
        raise BackupError("The database holds no tables of the assistant: there is nothing to save yet")
    head = connection.execute(f"SELECT version_num FROM {VERSION_TABLE}").fetchone()[0]  # noqa: S608
    rows = {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}  # noqa: S608
    return Dumped(str(head), rows)


def _check(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        said = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if said != "ok":
        raise BackupError(f"{file} is damaged ({said}). Take another back-up")
