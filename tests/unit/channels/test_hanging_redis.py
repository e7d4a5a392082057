"""A Redis that takes connections and never answers keeps nobody waiting."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import pytest

from channels.bus import MessageBus
from channels.rate_limit import RedisRateLimiter

MOST_SECONDS = 3.0


@pytest.fixture
def silent_redis() -> Iterator[str]:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        yield f"redis://127.0.0.1:{silent.getsockname()[1]}/0"


async def test_a_hit_is_allowed(silent_redis: str) -> None:
    started = time.monotonic()
    assert await RedisRateLimiter(silent_redis, "1/minute").allow("open:127.0.0.1")
    assert time.monotonic() - started < MOST_SECONDS


def test_a_message_is_not_announced(silent_redis: str, caplog: pytest.LogCaptureFixture) -> None:
    started = time.monotonic()
    MessageBus(silent_redis).announce("c", "web", 1)
    assert time.monotonic() - started < MOST_SECONDS
    assert "could not be announced" in caplog.text
