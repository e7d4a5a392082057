"""One turn of a conversation at a time. Runs inside Rasa, named in ``endpoints.yml``.

Rasa's own Redis lock store reads and writes a queue of tickets seven times a turn, looks again after a whole second
when it must wait, and two processes that read the queue at once may both go on. This one is Redis's own lock
(https://redis.io/docs/latest/develop/clients/patterns/distributed-locks/): one ``SET NX PX`` to take, one script to give back.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
import uuid
from collections.abc import AsyncGenerator

from rasa.core.lock import TicketLock
from rasa.core.lock_store import LOCK_LIFETIME, LockError, RedisLockStore
from rasa.utils.endpoints import EndpointConfig
from redis.exceptions import LockError as RedisLockError
from redis.lock import Lock

from bot.dialogue.tracker_store import READ_WITH_LOCK, tracker_key

WAIT_SECONDS = 0.02


class TurnLockStore(RedisLockStore):  # type: ignore[misc]  # rasa ships no types
    """Takes the settings of Rasa's ``redis`` lock store."""

    def __init__(self, endpoint_config: EndpointConfig) -> None:
        super().__init__(host=endpoint_config.url, **endpoint_config.kwargs)

    @contextlib.asynccontextmanager
    async def lock(
        self,
        conversation_id: str,
        lock_lifetime: float = LOCK_LIFETIME,
        wait_time_in_seconds: float = WAIT_SECONDS,
    ) -> AsyncGenerator[TicketLock, None]:
        """Hold the conversation; a killed process holds it no longer than ``lock_lifetime`` seconds. Raises LockError."""
        lock = self.red.lock(self.key_prefix + conversation_id, timeout=lock_lifetime, thread_local=False)
        deadline = time.monotonic() + lock_lifetime
        while not self._acquire(lock, conversation_id, lock_lifetime):
            if time.monotonic() > deadline:
                raise LockError(f"Could not acquire lock for conversation_id '{conversation_id}'.")
            await asyncio.sleep(wait_time_in_seconds)
        try:
            yield self.create_lock(conversation_id)
        finally:
            # It may have expired in the meantime; then it is another's now.
            with contextlib.suppress(RedisLockError):
                lock.release()

    def _acquire(self, lock: Lock, conversation_id: str, lifetime: float) -> bool:
        """Take the lock and read the tracker in one round trip: both are needed in every turn."""
        token = uuid.uuid1().hex.encode()
        taken, tracker = (
            self.red.pipeline(transaction=False)
            .set(lock.name, token, nx=True, px=int(lifetime * 1000))
            .get(tracker_key(conversation_id))
            .execute()
        )
        if not taken:
            return False
        lock.local.token = token
        READ_WITH_LOCK.set((conversation_id, tracker))
        return True
