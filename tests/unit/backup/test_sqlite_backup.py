"""A back-up of a SQLite installation, made and brought back."""

import json
import shutil
import socket
import sqlite3
import stat
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from alembic import command
from installation import PASSWORD, PHONE, SECRET, ask, installation_settings, settle, storage_of
from sqlalchemy import select

from actions.tickets.scope import EVERY_TICKET
from bot.backup import saving
from bot.backup.errors import BackupError
from bot.backup.manifest import MANIFEST, Manifest
from bot.backup.restoring import Wish, restore_backup
from bot.backup.root_key import fingerprint, save_key
from bot.backup.saving import make_backup
from bot.database import create_database_engine
from bot.migrate import alembic_config, migrate
from bot.security.encryption import SECRET_FILE
from bot.security.models import AuditRecord
from bot.security.root_secret import WrongSecretKey, accept_secret
from bot.settings import Settings


@contextmanager
def quietly(_title: str) -> Iterator[Callable[[float], None]]:
    yield lambda share: None


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, str, str]:
    """An installation, its back-up, a ticket's number and its code; made once and copied for each test."""
    settings, saved = installation_settings(tmp_path_factory.mktemp("made") / "city"), tmp_path_factory.mktemp("saved")
    _, number, code = settle(settings)
    make_backup(settings, saved, quietly)
    return settings.data_dir, saved, number, code


@pytest.fixture
def city(made: tuple[Path, Path, str, str], tmp_path: Path) -> Settings:
    """An installation that has worked for some time."""
    shutil.copytree(made[0], tmp_path / "city")
    return installation_settings(tmp_path / "city")


@pytest.fixture
def saved(made: tuple[Path, Path, str, str], tmp_path: Path) -> Path:
    shutil.copytree(made[1], tmp_path / "saved")
    return tmp_path / "saved"


def key_of(settings: Settings) -> Path:
    return settings.data_dir / SECRET_FILE


def restore(settings: Settings, source: Path, **wish: object) -> None:
    restore_backup(settings, Wish(source, **wish), quietly)  # type: ignore[arg-type]


def contents(file: Path) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables, but for what a restore itself adds."""
    with closing(sqlite3.connect(file)) as database:
        names = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: sorted(database.execute(f'SELECT * FROM "{name}"'), key=repr) for name in names}  # noqa: S608


def test_what_was_saved_is_back_in_a_fresh_folder(city: Settings, saved: Path, tmp_path: Path) -> None:
    fresh = installation_settings(tmp_path / "fresh")
    restore(fresh, saved, key=key_of(city))
    before, after = contents(saved / "database" / "wenzheng.db"), contents(fresh.data_dir / "wenzheng.db")
    assert len(after.pop("audit_log")) == len(before.pop("audit_log")) + 1
    assert after == before
    with storage_of(fresh) as storage:
        assert storage.accounts.authenticate("wangfang", PASSWORD, address="here").username == "wangfang"
        [ticket] = storage.tickets.for_staff(EVERY_TICKET).list()
        assert storage.tickets.for_staff(EVERY_TICKET).reveal_contact(ticket.number, "auditor").phone == PHONE
    assert json.loads((fresh.data_dir / "calibration" / "0123.json").read_text()) == {"factor": 1.5}
    assert (fresh.data_dir / "routing" / "20260101-000000" / "about.json").is_file()


def test_a_ticket_is_found_with_its_code_after_a_restore(
    made: tuple[Path, Path, str, str], city: Settings, saved: Path, tmp_path: Path
) -> None:
    fresh, (_, _, number, code) = installation_settings(tmp_path / "fresh"), made
    restore(fresh, saved, key=key_of(city))
    with storage_of(fresh) as storage:
        assert storage.tickets.lookup(number, code, conversation_id="elsewhere").number == number


def test_only_the_owner_can_read_a_backup(saved: Path) -> None:
    for path in [saved, *saved.rglob("*")]:
        allowed = 0o700 if path.is_dir() else 0o600
        assert stat.S_IMODE(path.stat().st_mode) == allowed, path


def test_the_root_key_is_not_in_a_backup(city: Settings, saved: Path) -> None:
    secret = key_of(city).read_bytes()
    assert not [path for path in saved.rglob("*") if path.is_file() and secret in path.read_bytes()]
    assert Manifest.load(saved).key_check == fingerprint(secret.decode())


def test_a_copy_of_the_key_goes_to_a_place_of_its_own_only(city: Settings, saved: Path, tmp_path: Path) -> None:
    secret = key_of(city).read_text()
    with pytest.raises(BackupError, match="inside the back-up"):
        save_key(secret, saved / "key", saved)
    save_key(secret, tmp_path / "safe" / "key", saved)
    assert (tmp_path / "safe" / "key").read_text() == secret
    assert stat.S_IMODE((tmp_path / "safe" / "key").stat().st_mode) == 0o600
    with pytest.raises(BackupError, match="another key"):
        save_key("x" * 40, tmp_path / "safe" / "key", saved)


def test_a_backup_made_while_others_write_is_of_one_moment(city: Settings, tmp_path: Path) -> None:
    """Each commit adds a turn and its two messages: a copy from two moments would not have twice as many."""
    begun, stop = threading.Event(), threading.Event()

    def write() -> None:
        with storage_of(city) as storage:
            opened = storage.conversations.open("web")
            for number in range(5000):
                if stop.is_set():
                    return
                ask(storage, opened.id, f"第{number}问")
                begun.set()

    @contextmanager
    def after_some_commits(_title: str) -> Iterator[Callable[[float], None]]:
        assert begun.wait(30)
        yield lambda share: None

    writer = threading.Thread(target=write)
    writer.start()
    try:
        made = make_backup(city, tmp_path / "saved", after_some_commits)
    finally:
        stop.set()
        writer.join(30)
    copied = contents(tmp_path / "saved" / "database" / "wenzheng.db")
    assert {name: len(rows) for name, rows in copied.items()} == made.rows
    turns = {turn[0]: turn[3] for turn in copied["turns"]}
    messages = [message[2] for message in copied["messages"] if message[2]]
    assert messages
    assert all(messages.count(turn) == (2 if status == "done" else 1) for turn, status in turns.items())
    assert set(messages) == set(turns)


def test_a_backup_says_in_the_audit_log_that_it_was_made(saved: Path) -> None:
    engine = create_database_engine(f"sqlite:///{saved / 'database' / 'wenzheng.db'}")
    with engine.connect() as connection:
        assert "backup.make" in connection.scalars(select(AuditRecord.action)).all()
    engine.dispose()


def test_all_staff_are_signed_out_by_a_restore(city: Settings, tmp_path: Path) -> None:
    fresh = installation_settings(tmp_path / "fresh")
    with storage_of(city) as storage:
        token = storage.accounts.open_session(storage.accounts.authenticate("wangfang", PASSWORD, address="here"))
        assert storage.accounts.session_account(token) is not None
    make_backup(city, tmp_path / "saved", quietly)
    restore(fresh, tmp_path / "saved", key=key_of(city))
    with storage_of(fresh) as storage:
        assert storage.accounts.session_account(token) is None


# Refusals -----------------------------------------------------------------


def test_a_folder_with_something_in_it_is_not_written_over(city: Settings, tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "letter").write_text("dear")
    with pytest.raises(BackupError, match="not empty"):
        make_backup(city, tmp_path / "taken", quietly)
    assert [path.name for path in (tmp_path / "taken").iterdir()] == ["letter"]


def test_an_installation_that_stored_nothing_is_left_without_key_and_database(tmp_path: Path) -> None:
    empty = installation_settings(tmp_path / "empty")
    with pytest.raises(BackupError, match="no root key"):
        make_backup(empty, tmp_path / "saved", quietly)
    assert not (tmp_path / "saved").exists()
    assert not list(tmp_path.glob("empty/*"))


def test_a_disk_that_is_too_full_is_told_before_anything_is_written(
    city: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = type("Usage", (), {"free": 1000})
    monkeypatch.setattr(saving.shutil, "disk_usage", lambda place: usage)
    with pytest.raises(BackupError, match=r"too full.*MB are needed"):
        make_backup(city, tmp_path / "saved", quietly)
    assert not (tmp_path / "saved").exists()


def test_a_disk_that_fills_up_meanwhile_leaves_nothing_behind(
    city: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(saving, "copy_private", full)
    with pytest.raises(BackupError, match="disk is full"):
        make_backup(city, tmp_path / "saved", quietly)
    assert not [path for path in tmp_path.iterdir() if "saved" in path.name and path.is_dir()]


def test_the_damaged_file_is_named_and_nothing_is_touched(city: Settings, saved: Path, tmp_path: Path) -> None:
    fresh = installation_settings(tmp_path / "fresh")
    file = saved / "database" / "wenzheng.db"
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    with pytest.raises(BackupError, match=r"damaged.*wenzheng\.db"):
        restore(fresh, saved, key=key_of(city))
    assert not (fresh.data_dir / "wenzheng.db").exists()


def test_a_missing_file_is_named(city: Settings, saved: Path, tmp_path: Path) -> None:
    (saved / "calibration" / "0123.json").unlink()
    with pytest.raises(BackupError, match=r"0123\.json is missing"):
        restore(installation_settings(tmp_path / "fresh"), saved, key=key_of(city))


def test_a_folder_without_manifest_is_no_backup(city: Settings, saved: Path, tmp_path: Path) -> None:
    (saved / MANIFEST).unlink()
    with pytest.raises(BackupError, match="no back-up"):
        restore(installation_settings(tmp_path / "fresh"), saved, key=key_of(city))


@pytest.mark.parametrize("name", ["../outside", "/etc/passwd", "a/../../b", ""])
def test_a_manifest_that_points_out_of_its_folder_is_refused(saved: Path, tmp_path: Path, name: str) -> None:
    data = json.loads((saved / MANIFEST).read_text())
    data["files"][0]["name"] = name
    (saved / MANIFEST).write_text(json.dumps(data))
    with pytest.raises(BackupError, match="damaged"):
        restore(installation_settings(tmp_path / "fresh"), saved)


def test_another_key_is_refused_before_anything_is_written(saved: Path, tmp_path: Path) -> None:
    fresh, other = installation_settings(tmp_path / "fresh"), tmp_path / "other.key"
    other.write_text("y" * 44)
    with pytest.raises(BackupError, match="not the one"):
        restore(fresh, saved, key=other)
    with pytest.raises(BackupError, match="no root key here"):
        restore(fresh, saved)
    configured = installation_settings(tmp_path / "configured", secret_key=SECRET)
    with pytest.raises(BackupError, match="WENZHENG_SECRET_KEY is not the key"):
        restore(configured, saved)
    assert not (fresh.data_dir / "wenzheng.db").exists()
    assert not (fresh.data_dir / SECRET_FILE).exists()


def test_a_lost_key_still_gives_back_all_that_is_not_encrypted(saved: Path, tmp_path: Path) -> None:
    fresh = installation_settings(tmp_path / "fresh")
    restore(fresh, saved, without_key=True)
    with pytest.raises(WrongSecretKey, match="wenzheng secret accept"), storage_of(fresh):
        pass
    engine = create_database_engine(fresh.database_dsn)
    accept_secret("", fresh.data_dir, engine)
    engine.dispose()
    with storage_of(fresh) as storage:
        assert storage.accounts.authenticate("wangfang", PASSWORD, address="here").username == "wangfang"


def test_present_data_are_set_aside_and_not_deleted(city: Settings, saved: Path) -> None:
    with storage_of(city) as storage:
        ask(storage, storage.conversations.open("web").id, "备份以后才问的")
    with pytest.raises(BackupError, match="--replace"):
        restore(city, saved)
    restore(city, saved, replace=True)
    [aside] = city.data_dir.glob("before-restore-*")
    assert stat.S_IMODE(aside.stat().st_mode) == 0o700
    assert "备份以后才问的" in repr(contents(aside / "wenzheng.db")["turns"])
    assert "备份以后才问的" not in repr(contents(city.data_dir / "wenzheng.db")["turns"])
    assert (aside / "routing" / "20260101-000000").is_dir()


def test_two_restores_in_one_second_set_aside_under_two_names(city: Settings, saved: Path) -> None:
    for wanted in ("第一次还原以前", "第二次还原以前"):
        with storage_of(city) as storage:
            ask(storage, storage.conversations.open("web").id, wanted)
        restore(city, saved, replace=True)
    first, second = sorted(city.data_dir.glob("before-restore-*"))
    assert "第一次还原以前" in repr(contents(first / "wenzheng.db")["turns"])
    assert "第二次还原以前" in repr(contents(second / "wenzheng.db")["turns"])


def test_a_key_made_by_a_first_start_gives_way_to_the_right_one(city: Settings, saved: Path, tmp_path: Path) -> None:
    fresh = installation_settings(tmp_path / "fresh")
    shutil.copytree(city.data_dir, fresh.data_dir)
    own = "q" * 44
    key_of(fresh).write_text(own)
    with pytest.raises(BackupError, match="another one"):
        restore(fresh, saved, replace=True)
    restore(fresh, saved, replace=True, key=key_of(city))
    [aside] = fresh.data_dir.glob("before-restore-*")
    assert (aside / SECRET_FILE).read_text() == own
    assert key_of(fresh).read_text() == key_of(city).read_text()
    with storage_of(fresh) as storage:
        [ticket] = storage.tickets.for_staff(EVERY_TICKET).list()
        assert storage.tickets.for_staff(EVERY_TICKET).reveal_contact(ticket.number, "auditor").phone == PHONE


def test_nothing_is_restored_while_somebody_has_the_database_open(city: Settings, saved: Path) -> None:
    with closing(sqlite3.connect(city.data_dir / "wenzheng.db")) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("SELECT count(*) FROM turns").fetchone()
        with pytest.raises(BackupError, match="in use"):
            restore(city, saved, replace=True)
    assert not list(city.data_dir.glob("before-restore-*"))


def test_redis_goes_aside_too_for_it_speaks_of_messages_that_are_others_now(city: Settings, saved: Path) -> None:
    (city.data_dir / "redis").mkdir()
    (city.data_dir / "redis" / "appendonly.aof").write_text("push message 7")
    restore(city, saved, replace=True)
    [aside] = city.data_dir.glob("before-restore-*")
    assert (aside / "redis" / "appendonly.aof").read_text() == "push message 7"
    assert not (city.data_dir / "redis").exists()


def test_nothing_is_restored_while_the_assistant_listens(city: Settings, saved: Path) -> None:
    with socket.create_server(("127.0.0.1", city.internal_port)), pytest.raises(BackupError, match="is running"):
        restore(city, saved, replace=True)


def test_a_schema_of_a_newer_version_is_refused(city: Settings, saved: Path, tmp_path: Path) -> None:
    changed(saved, schema_head="9999")
    with pytest.raises(BackupError, match="Update first"):
        restore(installation_settings(tmp_path / "fresh"), saved, key=key_of(city))


def test_a_backup_of_another_kind_of_database_is_refused(city: Settings, saved: Path, tmp_path: Path) -> None:
    changed(saved, database="postgresql")
    with pytest.raises(BackupError, match="of a postgresql database"):
        restore(installation_settings(tmp_path / "fresh"), saved, key=key_of(city))


def changed(saved: Path, **values: str) -> None:
    data = json.loads((saved / MANIFEST).read_text())
    (saved / MANIFEST).write_text(json.dumps(data | values))


def test_an_older_schema_is_brought_to_the_present_one(tmp_path: Path) -> None:
    city, fresh = installation_settings(tmp_path / "city"), installation_settings(tmp_path / "fresh")
    city.data_dir.mkdir()
    key_of(city).write_text("z" * 44)
    command.upgrade(alembic_config(city.database_dsn), "0008")
    make_backup(city, tmp_path / "saved", quietly)
    assert Manifest.load(tmp_path / "saved").schema_head == "0008"
    restore(fresh, tmp_path / "saved", key=key_of(city))
    again = fresh.data_dir / "wenzheng.db"
    present = contents(again)["alembic_version"]
    migrate(fresh.database_dsn)
    assert contents(again)["alembic_version"] == present != [("0008",)]
