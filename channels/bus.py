"""Telling open widgets, in whatever process they are connected, that their conversation has a new message."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import defaultdict
from collections.abc import AsyncIterator

import redis
import redis.asyncio
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

logger = logging.getLogger(__name__)
PREFIX = "wenzheng:conversation:"
RETRY_SECONDS = 1.0
# So long a Redis that hangs keeps the one who stored a message; nothing is lost that clients do not see at their next look.
ANNOUNCE_SECONDS = 0.5


class MessageBus:
    """One Redis subscription a process, handed on to the connections that wait."""

    def __init__(self, redis_url: str) -> None:
        self._sync = redis.Redis.from_url(
            redis_url,
            socket_timeout=ANNOUNCE_SECONDS,
            socket_connect_timeout=ANNOUNCE_SECONDS,
            retry=Retry(NoBackoff(), 0),
        )
        self._async = redis.asyncio.Redis.from_url(redis_url)
        self._waiting: dict[str, set[asyncio.Event]] = defaultdict(set)
        self._task: asyncio.Task[None] | None = None

    def announce(self, conversation_id: str, channel: str, seq: int) -> None:
        """A message was added. Without Redis nobody is told; clients still see it at their next look."""
        try:
            self._sync.publish(PREFIX + conversation_id, seq)
        except (RedisError, OSError):
            logger.warning("a new message could not be announced: Redis is unreachable")

    def start(self) -> None:
        """Begin to listen; call inside the event loop."""
        self._task = asyncio.create_task(self._listen())

    async def stop(self) -> None:
        """Stop listening and close the connections."""
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        await self._async.aclose()
        self._sync.close()

    @contextlib.asynccontextmanager
    async def listening(self, conversation_id: str) -> AsyncIterator[asyncio.Event]:
        """An event that is set whenever the conversation has something new."""
        event = asyncio.Event()
        self._waiting[conversation_id].add(event)
        try:
            yield event
        finally:
            self._waiting[conversation_id].discard(event)
            if not self._waiting[conversation_id]:
                del self._waiting[conversation_id]

    async def _listen(self) -> None:
        while True:
            try:
                async with self._async.pubsub() as subscription:
                    await subscription.psubscribe(PREFIX + "*")
                    async for message in subscription.listen():
                        if message["type"] == "pmessage":
                            conversation_id = message["channel"].decode().removeprefix(PREFIX)
                            for event in self._waiting.get(conversation_id, ()):
                                event.set()
            except (RedisError, OSError):
                logger.warning("message bus lost Redis; trying again")
                await asyncio.sleep(RETRY_SECONDS)
