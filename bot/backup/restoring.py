"""Bringing a back-up back: everything that can be wrong is found before anything is changed, then names change in one step."""

from __future__ import annotations

import shutil
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from alembic.script import ScriptDirectory
from sqlalchemy import update

from bot.backup.databases import Dumped, SavedDatabase, database_for
from bot.backup.errors import BackupError, disk_errors
from bot.backup.files import copy_private, held, make_private_folder, sync_folder, sync_tree, write_private
from bot.backup.manifest import DATABASE_FOLDER, Manifest
from bot.backup.root_key import fits, key_in_force, read_key, where_it_is
from bot.backup.saving import LEARNED_FOLDERS, Step
from bot.backup.sqlite import SqliteDatabase
from bot.backup.switching import JOURNAL, Move, finish_interrupted_restore, switch_names
from bot.database import create_database_engine, create_session_factory, utcnow
from bot.migrate import alembic_config, migrate
from bot.security.audit import COMMAND_LINE, AuditLog
from bot.security.encryption import SECRET_FILE
from bot.security.models import StaffSession
from bot.settings import Settings


@dataclass(frozen=True)
class Wish:
    """What the operator asked for. ``key``: a file with the root key; ``replace``: present data may be set aside;
    ``without_key``: go on although the root key is lost.
    """

    source: Path
    key: Path | None = None
    replace: bool = False
    without_key: bool = False


@dataclass(frozen=True)
class Restored:
    """What was brought back, and where the data before it are now; ``aside`` is empty where there were none."""

    manifest: Manifest
    aside: tuple[str, ...]
    key_fits: bool


def restore_backup(settings: Settings, wish: Wish, step: Step) -> Restored:
    """Put the back-up in the place of the present data; raises BackupError, and then nothing has changed."""
    with disk_errors(settings.data_dir, "Writing into"):
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        with held(settings.data_dir / ".restoring.lock", "Another restore is running at this moment"):
            finish_interrupted_restore(settings.data_dir)
            return _Restore(settings, wish, step).run()


class _Restore:
    """One restore, step by step."""

    def __init__(self, settings: Settings, wish: Wish, step: Step) -> None:
        self._settings = settings
        self._wish = wish
        self._step = step
        self._data = settings.data_dir
        # To the microsecond: two restores in one second must not set what was there aside under one name.
        self._stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
        self._workplace = self._data / f".restore-{self._stamp}"
        self._aside = self._data / f"before-restore-{self._stamp}"

    def run(self) -> Restored:
        manifest = Manifest.load(self._wish.source)
        secret = self._key(manifest)
        _check_schema(manifest)
        database = self._database(manifest)
        with self._step("Checking the files of the back-up") as progress:
            manifest.check_files(self._wish.source, progress)
        with ports_held(self._settings):
            database.check_unused()
            replaced = self._replaced(database, secret)
            self._sweep(database)
            make_private_folder(self._workplace)
            try:
                self._stage(database, manifest)
                self._switch(database, secret)
            except BaseException:
                if not (self._data / JOURNAL).exists():
                    shutil.rmtree(self._workplace, ignore_errors=True)
                raise
            if not isinstance(database, SqliteDatabase):
                migrate(self._settings.database_dsn)
                self._settle(self._settings.database_dsn, manifest)
        return Restored(manifest, tuple(replaced), bool(secret))

    # What can be wrong ----------------------------------------------------

    def _key(self, manifest: Manifest) -> str:
        """The key that opens the back-up; empty if the operator goes on without one."""
        present = key_in_force(self._settings)
        given = read_key(self._wish.key) if self._wish.key else ""
        if given and not fits(given, manifest.key_check):
            raise BackupError(f"The key in {self._wish.key} is not the one that this back-up was written with")
        configured = self._settings.secret_key.get_secret_value()
        if configured and not fits(configured, manifest.key_check) and not self._wish.without_key:
            raise BackupError(
                "WENZHENG_SECRET_KEY is not the key that this back-up was written with. Set the right one"
            )
        if given:
            return given
        if present and fits(present, manifest.key_check):
            return present
        if self._wish.without_key:
            return ""
        found = f"The key in {where_it_is(self._settings)} is another one" if present else "There is no root key here"
        raise BackupError(
            f"{found}. Without the key that this back-up was written with, telephone numbers, names, query codes and "
            "second factors cannot be opened. Give it with --key FILE; if it is lost for good, --without-key"
        )

    def _database(self, manifest: Manifest) -> SavedDatabase:
        database = database_for(self._settings.database_dsn)
        if database.kind != manifest.database:
            raise BackupError(
                f"The back-up is of a {manifest.database} database, the settings name a {database.kind} one. "
                "A back-up goes back into the kind it came from: set WENZHENG_DATABASE_URL"
            )
        return database

    def _replaced(self, database: SavedDatabase, secret: str) -> list[str]:
        """Where what is here now will go; raises BackupError if there is something and nobody said --replace."""
        places = [] if database.is_empty() else [database.aside(self._stamp)]
        if self._old_files(secret) and str(self._aside) not in places:
            places.append(str(self._aside))
        if places and not self._wish.replace:
            raise BackupError(
                f"There are data here already ({self._data}). With --replace they are set aside, not deleted, "
                "and the back-up takes their place"
            )
        return places

    def _old_files(self, secret: str) -> list[Path]:
        names = [*LEARNED_FOLDERS, *([SECRET_FILE] if self._key_moves(secret) else [])]
        if not self._settings.redis_url.get_secret_value():
            # It speaks of messages by their places, which the restored database gives to other messages.
            names.append("redis")
        return [self._data / name for name in names if (self._data / name).exists()]

    def _key_moves(self, secret: str) -> bool:
        """Whether the key file of this installation becomes another one."""
        return (
            bool(secret) and not self._settings.secret_key.get_secret_value() and secret != key_in_force(self._settings)
        )

    # Doing it -------------------------------------------------------------

    def _sweep(self, database: SavedDatabase) -> None:
        """Remove what restores left that were killed before anything was changed."""
        places = {self._data, database.file.parent} if isinstance(database, SqliteDatabase) else {self._data}
        for path in [path for place in places for path in place.glob(".restore-*")]:
            shutil.rmtree(path, ignore_errors=True)

    def _stage(self, database: SavedDatabase, manifest: Manifest) -> None:
        with self._step("Bringing the database beside the present one") as progress:
            found = database.stage(self._wish.source / DATABASE_FOLDER, self._stamp, self._workplace, progress)
        if found.exact:
            _check_rows(found, manifest)
        for saved in manifest.files:
            if not saved.name.startswith(f"{DATABASE_FOLDER}/"):
                place = self._workplace / saved.name
                for parent in reversed(place.relative_to(self._workplace).parents[:-1]):
                    make_private_folder(self._workplace / parent)
                copy_private(self._wish.source / saved.name, place)
        if isinstance(database, SqliteDatabase):
            with self._step("Bringing it to the present schema"):
                staged = f"sqlite:///{database.staged(self._stamp)}"
                migrate(staged)
                self._settle(staged, manifest)
                _one_file(database.staged(self._stamp))

    def _settle(self, dsn: str, manifest: Manifest) -> None:
        """Sign everybody out: a session that was ended since the back-up must not be open again. Note the restore."""
        engine = create_database_engine(dsn)
        try:
            sessions = create_session_factory(engine)
            with sessions() as session, session.begin():
                session.execute(
                    update(StaffSession).where(StaffSession.revoked_at.is_(None)).values(revoked_at=utcnow())
                )
            AuditLog(sessions).record(COMMAND_LINE, "backup.restore", detail=f"{manifest.made_at:%Y-%m-%dT%H:%M:%SZ}")
        finally:
            engine.dispose()

    def _switch(self, database: SavedDatabase, secret: str) -> None:
        if self._key_moves(secret):
            write_private(self._workplace / SECRET_FILE, secret.encode("ascii"))
        sync_tree(self._workplace)
        with self._step("Putting it in place"):
            moves = database.moves(self._stamp) if isinstance(database, SqliteDatabase) else []
            moves += self._moves(secret)
            database.switch(self._stamp)
            staged = {
                self._workplace,
                *(source.parent for source, _ in moves if source.parent.name == self._workplace.name),
            }
            switch_names(self._data, moves, sorted(staged))

    def _moves(self, secret: str) -> list[Move]:
        old = self._old_files(secret)
        if old:
            make_private_folder(self._aside)
            sync_folder(self._data)
        names = [*LEARNED_FOLDERS, SECRET_FILE]
        new = [(self._workplace / name, self._data / name) for name in names if (self._workplace / name).exists()]
        return [*((path, self._aside / path.name) for path in old), *new]


def _check_schema(manifest: Manifest) -> None:
    """Raise BackupError for a schema that this code does not know."""
    script = ScriptDirectory.from_config(alembic_config("sqlite://"))
    if manifest.schema_head not in {revision.revision for revision in script.walk_revisions()}:
        raise BackupError(
            f"The back-up has the schema {manifest.schema_head}, made by version {manifest.version}, which this version "
            "does not know. Update first: git pull"
        )


def _check_rows(found: Dumped, manifest: Manifest) -> None:
    wrong = sorted(name for name in manifest.rows if found.rows.get(name) != manifest.rows[name])
    if wrong:
        raise BackupError(f"The back-up is damaged: its tables {', '.join(wrong)} do not have the rows that were saved")


def _one_file(path: Path) -> None:
    """Bring what SQLite keeps beside a file into it: it will be renamed alone."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")


@contextmanager
def ports_held(settings: Settings) -> Iterator[None]:
    """Hold the ports of our processes: raises BackupError while the assistant runs, and keeps it from being started."""
    wanted = [(settings.host, settings.port), ("127.0.0.1", settings.internal_port)]
    if not settings.rasa_url:
        wanted.append(("127.0.0.1", settings.rasa_port))
    if not settings.redis_url.get_secret_value():
        wanted.append(("127.0.0.1", settings.redis_port))
    with ExitStack() as stack:
        for host, port in wanted:
            holder = stack.enter_context(socket.socket())
            holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                holder.bind((host, port))
                holder.listen(1)
            except OSError as error:
                raise BackupError(
                    f"Port {port} is in use: the assistant is running. Stop it, then try again"
                ) from error
        yield
