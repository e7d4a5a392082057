"""The queue between the app and the worker: who puts work in needs neither its code nor its services."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from huey import RedisHuey
from redis.exceptions import RedisError

from bot.queue_messages import RefusedMessage, SignedJson
from bot.security.encryption import derive_key, load_or_create_secret
from bot.settings import Settings

logger = logging.getLogger(__name__)
PUSH_MESSAGE = "push_message"
PushWork = Callable[[str, int], None]
# What is to be done with a conversation, a place in it, and whether nothing is tried again after this.
TriedPush = Callable[[str, int, bool], None]
PUSHED_CHANNELS = frozenset({"wechat"})


class SignedQueue(RedisHuey):  # type: ignore[misc]  # huey ships no types
    """A queue whose messages are signed; what is not ours is taken out, said, and not done."""

    def dequeue(self) -> Any:
        """The next task, None for a message that is refused."""
        try:
            return super().dequeue()
        except RefusedMessage:
            logger.error("a message in the queue is not signed with our key and was thrown away")
            return None


def create_queue(settings: Settings) -> RedisHuey:
    """The queue on this installation's Redis.

    Results are not kept: nobody asks for them, and the trace of a failure would stay in Redis for ever.
    """
    secret = load_or_create_secret(settings.secret_key.get_secret_value(), settings.data_dir)
    return SignedQueue(
        "wenzheng", url=settings.redis_dsn, serializer=SignedJson(derive_key(secret, "queue")), results=False
    )


def add_push_task(queue: RedisHuey, work: TriedPush) -> PushWork:
    """Name the push task in ``queue``; both sides call this, for huey knows a task by the module that defines it."""

    @queue.task(retries=5, retry_delay=10, name=PUSH_MESSAGE, context=True)
    def push_message(conversation_id: str, seq: int, task: Any = None) -> None:
        work(conversation_id, seq, task is not None and task.retries == 0)

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


def _elsewhere(conversation_id: str, seq: int, last_try: bool) -> None:
    raise RuntimeError("this task runs in the worker")
