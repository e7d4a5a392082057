"""The queue between the app and the worker: who puts work in needs neither its code nor its services."""

from __future__ import annotations

import logging
from collections.abc import Callable

from huey import RedisHuey
from redis.exceptions import RedisError

from bot.settings import Settings

logger = logging.getLogger(__name__)
PUSH_MESSAGE = "push_message"
PushWork = Callable[[str, int], None]
PUSHED_CHANNELS = frozenset({"wechat"})


def create_queue(settings: Settings) -> RedisHuey:
    """The queue on this installation's Redis."""
    return RedisHuey("wenzheng", url=settings.redis_dsn)


def add_push_task(queue: RedisHuey, work: PushWork) -> PushWork:
    """Name the push task in ``queue``; both sides call this, for huey knows a task by the module that defines it."""

    @queue.task(retries=5, retry_delay=10, name=PUSH_MESSAGE)
    def push_message(conversation_id: str, seq: int) -> None:
        work(conversation_id, seq)

    return push_message  # type: ignore[no-any-return]


class PushQueue:
    """Hands messages of channels that must be called to the worker; a conversation listener."""

    def __init__(self, queue: RedisHuey) -> None:
        self._push = add_push_task(queue, _elsewhere)

    def __call__(self, conversation_id: str, channel: str, seq: int) -> None:
        """Queue the message if its channel needs it; raises OSError so that the sender keeps the message and tries again."""
        if channel in PUSHED_CHANNELS:
            try:
                self._push(conversation_id, seq)
            except RedisError as error:
                raise OSError("the queue is unreachable") from error


def _elsewhere(conversation_id: str, seq: int) -> None:
    raise RuntimeError("this task runs in the worker")
