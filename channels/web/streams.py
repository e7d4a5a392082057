"""Open event streams, counted: one citizen, or one address, must not hold all of them."""

from __future__ import annotations

import asyncio
import logging
import weakref
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import asdict

from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from bot.database import DATABASE_REFUSALS, refusal_of
from bot.pools import READING, run_in
from channels.bus import MessageBus
from channels.conversations.service import ConversationService
from channels.errors import ChannelError
from channels.web.schemas import MessageBody

logger = logging.getLogger(__name__)
HEARTBEAT_SECONDS = 15.0
# A page that gets no stream asks for news itself as often.
RETRY_SECONDS = 10


class StreamPlaces:
    """So many streams per conversation and per address. Counted in this process: a proxy keeps an address to one."""

    def __init__(self, per_conversation: int, per_address: int) -> None:
        self._limits = {"conversation": per_conversation, "address": per_address}
        self._taken: Counter[tuple[str, str]] = Counter()

    def take(self, conversation_id: str, address: str) -> Place:
        """A place for one more stream; raises ChannelError where there is none."""
        keys = (("conversation", conversation_id), ("address", address))
        if any(self._taken[key] >= self._limits[key[0]] for key in keys):
            raise ChannelError("too_many_streams", retry_after=RETRY_SECONDS)
        self._taken.update(keys)
        return Place(self._taken, keys)

    @property
    def taken(self) -> int:
        """How many streams are open."""
        return sum(count for (kind, _), count in self._taken.items() if kind == "conversation")


class Place:
    """One stream's place; given back once, whoever does it first."""

    def __init__(self, taken: Counter[tuple[str, str]], keys: tuple[tuple[str, str], ...]) -> None:
        self._taken = taken
        self._keys = keys

    def leave(self) -> None:
        """Give it back."""
        for key in self._keys:
            self._taken[key] -= 1
            if self._taken[key] <= 0:
                del self._taken[key]
        self._keys = ()


class EventStream(StreamingResponse):
    """New messages as server-sent events; gives its place back at the end, and also if it never begins."""

    def __init__(self, events: AsyncIterator[str], place: Place) -> None:
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        super().__init__(events, media_type="text/event-stream", headers=headers)
        self._place = place
        weakref.finalize(self, place.leave)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Stream until either side ends it."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._place.leave()


async def events(
    conversation_id: str, after: int, conversations: ConversationService, bus: MessageBus
) -> AsyncIterator[str]:
    """The messages after ``after``, then every new one; ends where the database refuses: pages connect again."""
    async with bus.listening(conversation_id) as news:
        while True:
            news.clear()
            try:
                views = await run_in(READING, conversations.transcript.messages, conversation_id, after=after)
            except DATABASE_REFUSALS as error:
                logger.warning("a stream of messages ended: %s", refusal_of(error))
                return
            for view in views:
                after = view.seq
                body = MessageBody.model_validate(asdict(view))
                yield f"id: {view.seq}\nevent: message\ndata: {body.model_dump_json()}\n\n"
            try:
                async with asyncio.timeout(HEARTBEAT_SECONDS):
                    await news.wait()
            except TimeoutError:
                yield ": still here\n\n"
