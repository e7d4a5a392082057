"""What the worker does; services are built when the first job needs them."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Coroutine
from functools import cached_property
from typing import Any, TypeVar

from redis.exceptions import RedisError

from actions.messages import PARTS
from bot.container import Storage, build_judge, build_storage
from bot.erasing import erase_deleted
from bot.masking import mask_names
from bot.redis_server import forget
from bot.retention.service import Retention
from bot.settings import Settings
from bot.short_memory import RedisShortMemory
from channels.wechat.channel import WeChatChannel

logger = logging.getLogger(__name__)
T = TypeVar("T")
JOB_SECONDS = 300.0
# Ends well before the worker is taken for one that hangs; the next hour goes on.
RETENTION_SECONDS = 180.0
ACTOR = "worker"


class Jobs:
    """Jobs on this installation's services, called from the queue's threads.

    Everything asynchronous runs in one event loop of its own: connections belong to the loop that opened them.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._recovering = threading.Lock()

    def begin(self) -> None:
        """Build the services now; raises WrongSecretKey."""
        _ = self._storage

    def push_message(self, conversation_id: str, seq: int, *, last_try: bool = False) -> None:
        """Send one message of the transcript to a WeChat user; raises PushError for what must be tried again.

        After the ``last_try`` it waits for the citizen's next message.
        """
        message = self._storage.conversations.transcript.message(seq)
        if message is None:
            return  # its conversation was deleted
        conversation = self._storage.conversations.get(conversation_id)
        if conversation.external_id:
            parts = PARTS.validate_python(message.parts)
            push = self._wechat.push(
                conversation.external_id, conversation_id, parts, key=f"message-{seq}", last_try=last_try
            )
            self._run(push)

    def recover_turns(self) -> int:
        """Finish what a killed process left behind; returns how many turns were finished, 0 while an earlier look goes on."""
        if not self._recovering.acquire(blocking=False):
            return 0
        try:
            return self._run(self._storage.gateway.recover())
        finally:
            self._recovering.release()

    def deliver_notices(self) -> int:
        """Send ticket news that could not be sent before; returns how many went out."""
        return self._storage.tickets.deliver_notices()

    def forget_in_redis(self) -> None:
        """Take what was deleted or has expired out of Redis' file as well."""
        try:
            if not forget(self._settings):
                logger.info("Redis keeps no append-only file that we could rewrite")
        except (RedisError, TimeoutError) as error:
            logger.warning("Redis' append-only file was not rewritten, the next hour tries again: %s", error)

    def run_retention(self) -> bool:
        """Delete what has been kept for its term; whether nothing is due any more."""
        memory = RedisShortMemory(self._settings)
        retention = Retention(self._settings, self._storage.sessions, memory)
        run = retention.run(actor=ACTOR, seconds=RETENTION_SECONDS)
        if any(any(counts.values()) for counts in run.deleted.values()):
            erase_deleted(self._storage.engine)
            memory.rewrite_log()
        return run.finished

    def forget_old_drafts(self) -> int:
        """Delete drafts of tickets that nobody came back for; returns how many."""
        return self._storage.tickets.unfinished.forget_old()

    @cached_property
    def _storage(self) -> Storage:
        """With the danger judge: a message that waited for its answer is judged again."""
        mask_names(self._settings)
        return build_storage(self._settings, judge=build_judge(self._settings))

    @cached_property
    def _wechat(self) -> WeChatChannel:
        return WeChatChannel(self._settings, self._storage.gateway, self._storage.cipher)

    @cached_property
    def _loop(self) -> asyncio.AbstractEventLoop:
        loop = asyncio.new_event_loop()
        threading.Thread(target=loop.run_forever, name="jobs", daemon=True).start()
        return loop

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        with self._lock:
            loop = self._loop
        return asyncio.run_coroutine_threadsafe(work, loop).result(JOB_SECONDS)
