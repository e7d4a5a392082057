"""Making a back-up: built under another name, complete when it gets its own."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from importlib.metadata import version
from pathlib import Path

from bot.backup.databases import database_for
from bot.backup.errors import BackupError, disk_errors
from bot.backup.files import checksum, copy_private, files_below, held, make_private_folder, sync_folder, sync_tree
from bot.backup.manifest import DATABASE_FOLDER, Manifest, SavedFile
from bot.backup.root_key import fingerprint, key_in_force
from bot.database import create_database_engine, create_session_factory, utcnow
from bot.security.audit import COMMAND_LINE, AuditLog
from bot.settings import Settings

# What in the data folder cannot be made anew, beside the database: what was learned from tickets and fitted on the golden set.
# Models, index and caches are made by `wenzheng train` and the next start; redis/ is short-lived; imports/ lives an hour.
LEARNED_FOLDERS = ("routing", "calibration")

Step = Callable[[str], AbstractContextManager[Callable[[float], None]]]
"""Shows a long step by its title; what it gives takes the share done (0–1)."""


def make_backup(settings: Settings, target: Path, step: Step) -> Manifest:
    """Save database and learned folders into ``target``, which must be new or empty; raises BackupError.

    The root key is not among them. Killed at any moment, ``target`` is not there, or whole.
    """
    secret = key_in_force(settings)
    if not secret:
        raise BackupError(
            f"There is no root key in {settings.data_dir}: nothing was stored yet. Check WENZHENG_DATA_DIR"
        )
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise BackupError(f"{target} is not empty. Name a folder that does not exist; back-ups are never written over")
    unfinished = target.parent / f".{target.name}.unfinished"
    with disk_errors(target, "Writing into"):
        target.parent.mkdir(parents=True, exist_ok=True)
        refusal = f"Another back-up is being written to {target} at this moment"
        with held(target.parent / f".{target.name}.lock", refusal):
            shutil.rmtree(unfinished, ignore_errors=True)
            try:
                manifest = _fill(settings, secret, unfinished, step)
                sync_tree(unfinished)
                unfinished.rename(target)
            except BaseException:
                shutil.rmtree(unfinished, ignore_errors=True)
                raise
            sync_folder(target.parent)
            (target.parent / f".{target.name}.lock").unlink(missing_ok=True)
    return manifest


def _fill(settings: Settings, secret: str, folder: Path, step: Step) -> Manifest:
    database = database_for(settings.database_dsn)
    learned = [name for name in LEARNED_FOLDERS if (settings.data_dir / name).is_dir()]
    _check_space(settings, learned, folder.parent)
    make_private_folder(folder)
    make_private_folder(folder / DATABASE_FOLDER)
    _note(settings)
    with step("Saving the database") as progress:
        saved = database.dump(folder / DATABASE_FOLDER, progress)
    with step("Saving what was learned, and checksums"):
        for name in learned:
            _copy_folder(settings.data_dir / name, folder / name)
        files = [_described(path, folder) for path in files_below(folder)]
    manifest = Manifest(
        version=version("wenzheng"),
        made_at=utcnow(),
        database=database.kind,
        schema_head=saved.schema_head,
        key_check=fingerprint(secret),
        rows=saved.rows,
        rows_exact=saved.exact,
        files=files,
    )
    manifest.save(folder)
    return manifest


def _note(settings: Settings) -> None:
    """Who holds a back-up holds everything: that one was made is in the audit log, and so in the back-up."""
    engine = create_database_engine(settings.database_dsn)
    try:
        if _is_there(settings):
            AuditLog(create_session_factory(engine)).record(COMMAND_LINE, "backup.make")
    finally:
        engine.dispose()


def _is_there(settings: Settings) -> bool:
    """Connecting to a SQLite file that is missing would make an empty one."""
    return not database_for(settings.database_dsn).is_empty()


def _check_space(settings: Settings, learned: list[str], place: Path) -> None:
    """Say before it begins what would not fit. How large the dump of a database server gets, nobody knows."""
    paths = [path for name in learned for path in files_below(settings.data_dir / name)]
    file = Path(settings.database_dsn.removeprefix("sqlite:///"))
    if settings.database_dsn.startswith("sqlite") and file.is_file():
        paths.append(file)
    needed = sum(path.stat().st_size for path in paths)
    free = shutil.disk_usage(place).free
    if needed > free:
        raise BackupError(
            f"The disk is too full: {needed / 1e6:.0f} MB are needed in {place}, {free / 1e6:.0f} MB are free. "
            "Nothing was written"
        )


def _copy_folder(source: Path, target: Path) -> None:
    make_private_folder(target)
    for path in files_below(source):
        place = target / path.relative_to(source)
        for parent in reversed(place.relative_to(target).parents[:-1]):
            make_private_folder(target / parent)
        copy_private(path, place)


def _described(path: Path, folder: Path) -> SavedFile:
    return SavedFile(name=path.relative_to(folder).as_posix(), size=path.stat().st_size, sha256=checksum(path))
