"""What Redis holds of conversations: found by their ids wherever they stand in a key or in the queue, and dropped.

Keys that some room adds later are found too, as long as they carry the conversation's id, as all do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import redis
from redis.exceptions import RedisError

from bot.queue import create_queue
from bot.redis_server import forget as forget_in_file
from bot.settings import Settings
from channels.conversations.deletion import Traces
from channels.wechat.memory import message_keys

CONVERSATION_ID = re.compile(rb"[0-9a-f]{32}")
SCAN_COUNT = 1000


class RedisShortMemory:
    """Rasa's trackers and locks, WeChat's choices and waiting messages, rate limits, jobs that wait in the queue."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._redis: Any = redis.Redis.from_url(settings.redis_dsn, socket_timeout=10, socket_connect_timeout=5)
        storage = create_queue(settings).storage
        self._queue, self._schedule, self._results = storage.queue_key, storage.schedule_key, storage.result_key

    def count(self, traces: Traces) -> int:
        """See :class:`ShortMemory`."""
        with _reachable():
            return len(self._keys(traces)) + len(self._jobs(traces))

    def forget(self, traces: Traces) -> int:
        """See :class:`ShortMemory`."""
        with _reachable():
            keys, jobs = self._keys(traces), self._jobs(traces)
            pipe = self._redis.pipeline()
            for key in keys:
                pipe.unlink(key)
            for kind, name in jobs:
                if kind == "queue":
                    pipe.lrem(self._queue, 0, name)
                elif kind == "schedule":
                    pipe.zrem(self._schedule, name)
                else:
                    pipe.hdel(self._results, name)
            pipe.execute()
            return len(keys) + len(jobs)

    def rewrite_log(self) -> bool:
        """Let Redis write its append-only file anew, without what was dropped; whether that is done.

        False where this Redis keeps no such file or does not let us. Raises OSError, also when it takes too long.
        """
        with _reachable():
            return forget_in_file(self._settings)

    def _keys(self, traces: Traces) -> set[bytes]:
        wanted = {one.encode() for one in traces.conversations}
        found = {
            key
            for key in self._redis.scan_iter(match=_pattern(traces), count=SCAN_COUNT)
            if wanted.intersection(CONVERSATION_ID.findall(key))
        }
        named = [key.encode() for key in message_keys(traces.messages, traces.places)]
        for begin in range(0, len(named), SCAN_COUNT):
            part = named[begin : begin + SCAN_COUNT]
            pipe = self._redis.pipeline()
            for key in part:
                pipe.exists(key)
            found |= {key for key, there in zip(part, pipe.execute(), strict=True) if there}
        return found

    def _jobs(self, traces: Traces) -> list[tuple[str, bytes]]:
        wanted = {one.encode() for one in traces.conversations}

        def ours(job: bytes) -> bool:
            return bool(wanted.intersection(CONVERSATION_ID.findall(job)))

        jobs = [("queue", job) for job in self._redis.lrange(self._queue, 0, -1) if ours(job)]
        jobs += [("schedule", job) for job in self._redis.zrange(self._schedule, 0, -1) if ours(job)]
        return jobs + [("results", name) for name, value in self._redis.hscan_iter(self._results) if ours(value)]


def _pattern(traces: Traces) -> str:
    """What Redis itself looks for: one conversation by its id, several by going through all keys."""
    return f"*{next(iter(traces.conversations))}*" if len(traces.conversations) == 1 else "*"


@contextmanager
def _reachable() -> Iterator[None]:
    try:
        yield
    except RedisError as error:
        raise OSError("Redis cannot be reached") from error
