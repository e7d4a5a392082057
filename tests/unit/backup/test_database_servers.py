"""Back-up and restore on real database servers, where they are installed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from database_servers import IN_URL, PASSWORD, mariadb, postgresql
from installation import PHONE, ask, installation_settings, settle, storage_of
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from actions.tickets.scope import EVERY_TICKET
from bot.backup.errors import BackupError
from bot.backup.files import checksum
from bot.backup.manifest import Manifest
from bot.backup.restoring import Wish, restore_backup
from bot.backup.saving import make_backup
from bot.settings import Settings
from channels.conversations.models import Turn

KEY = "k" * 44
Servers = dict[str, Settings]


@contextmanager
def quietly(_title: str) -> Iterator[Callable[[float], None]]:
    yield lambda share: None


@pytest.fixture(params=[postgresql, mariadb], ids=["postgresql", "mariadb"])
def servers(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Servers]:
    """An installation to save, and an empty one to restore into."""
    with request.param(tmp_path) as urls:
        yield {
            name: installation_settings(tmp_path / name, secret_key=KEY, DATABASE_URL=url) for name, url in urls.items()
        }


def turns(settings: Settings) -> int:
    with storage_of(settings) as storage, storage.sessions() as session:
        return session.scalar(select(func.count()).select_from(Turn)) or 0


@pytest.mark.slow
def test_what_was_saved_is_back_and_what_was_there_is_set_aside(servers: Servers, tmp_path: Path) -> None:
    city, fresh = servers["city"], servers["fresh"]
    _, number, code = settle(city)
    make_backup(city, tmp_path / "saved", quietly)
    assert Manifest.load(tmp_path / "saved").rows["turns"] == 3
    assert not [path for path in (tmp_path / "saved").rglob("*") if path.is_file() and holds_password(path)]
    assert restore_backup(fresh, Wish(tmp_path / "saved"), quietly).aside == ()
    with storage_of(fresh) as storage:
        assert storage.tickets.lookup(number, code, conversation_id="elsewhere").number == number
        assert storage.tickets.for_staff(EVERY_TICKET).reveal_contact(number, "auditor").phone == PHONE
        if storage.engine.dialect.name == "postgresql":
            with pytest.raises(DBAPIError, match="cannot be changed"), storage.engine.begin() as connection:
                connection.execute(text("DELETE FROM audit_log"))
        ask(storage, storage.conversations.open("web").id, "后来的")
        with pytest.raises(BackupError, match="connected"):
            restore_backup(fresh, Wish(tmp_path / "saved", replace=True), quietly)
    with pytest.raises(BackupError, match="--replace"):
        restore_backup(fresh, Wish(tmp_path / "saved"), quietly)
    assert turns(fresh) == 4
    aside = restore_backup(fresh, Wish(tmp_path / "saved", replace=True), quietly).aside[0]
    assert turns(fresh) == 3
    with storage_of(fresh) as storage, storage.engine.connect() as connection:
        place = aside.split()[2]
        assert connection.scalar(text(f"SELECT count(*) FROM {place}.turns")) == 4  # noqa: S608


@pytest.mark.slow
def test_a_restore_that_fails_in_the_middle_leaves_the_database_as_it_was(servers: Servers, tmp_path: Path) -> None:
    city = servers["city"]
    settle(city)
    make_backup(city, tmp_path / "saved", quietly)
    with storage_of(city) as storage:
        ask(storage, storage.conversations.open("web").id, "后来的")
    [dump] = (tmp_path / "saved" / "database").iterdir()
    dump.write_bytes(dump.read_bytes()[: dump.stat().st_size // 2])
    with pytest.raises(BackupError, match="damaged"):
        restore_backup(city, Wish(tmp_path / "saved", replace=True), quietly)
    # The same with a manifest that knows no better.
    manifest = Manifest.load(tmp_path / "saved")
    files = [file.model_copy(update=measured(tmp_path / "saved" / file.name)) for file in manifest.files]
    (tmp_path / "saved" / "manifest.json").unlink()
    manifest.model_copy(update={"files": files}).save(tmp_path / "saved")
    with pytest.raises(BackupError):
        restore_backup(city, Wish(tmp_path / "saved", replace=True), quietly)
    assert turns(city) == 4


def measured(path: Path) -> dict[str, object]:
    return {"size": path.stat().st_size, "sha256": checksum(path)}


def holds_password(path: Path) -> bool:
    return PASSWORD.encode() in path.read_bytes() or IN_URL.encode() in path.read_bytes()
