"""What the worker does; services are built when the first job needs them."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from functools import cached_property
from typing import Any, TypeVar

from actions.messages import PARTS
from bot.container import Storage, build_storage
from bot.settings import Settings
from channels.wechat.channel import WeChatChannel

T = TypeVar("T")
JOB_SECONDS = 300.0


class Jobs:
    """Jobs on this installation's services, called from the queue's threads.

    Everything asynchronous runs in one event loop of its own: connections belong to the loop that opened them.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()

    def push_message(self, conversation_id: str, seq: int) -> None:
        """Send one message of the transcript to a WeChat user; raises PushError for what must be tried again."""
        message = self._storage.conversations.transcript.message(seq)
        conversation = self._storage.conversations.get(conversation_id)
        if message is not None and conversation.external_id:
            parts = PARTS.validate_python(message.parts)
            self._run(self._wechat.push(conversation.external_id, conversation_id, parts, key=f"message-{seq}"))

    def recover_turns(self) -> int:
        """Finish what a killed process left behind; returns how many turns were finished."""
        return self._run(self._storage.gateway.recover())

    def deliver_notices(self) -> int:
        """Send ticket news that could not be sent before; returns how many went out."""
        return self._storage.tickets.deliver_notices()

    def forget_old_drafts(self) -> int:
        """Delete drafts of tickets that nobody came back for; returns how many."""
        return self._storage.tickets.unfinished.forget_old()

    @cached_property
    def _storage(self) -> Storage:
        return build_storage(self._settings)

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
