"""What the channel must remember between callbacks, in Redis: choices, pages still to read, answers already given."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from redis.asyncio import Redis

from actions.messages import PARTS, Button, Part
from bot.security.encryption import DecryptionError, FieldCipher
from channels.wechat.rendering import ChoicesMemory

# WeChat lets an account write to a citizen for 48 hours after their last message; what they were offered lives as long.
CONVERSATION_SECONDS = 48 * 3600
# The three deliveries of one message come within 15 seconds; ten minutes cover slow networks.
DELIVERY_SECONDS = 600
# A time may be five minutes off either way, so a signature may come back within ten.
SIGNATURE_SECONDS = 600
# How often WeChat delivers one message.
DELIVERIES = 3
# Writes down what a signature came with first; how often it has come with the same, or 0 if with something else.
BIND = """
local first = redis.call('HSETNX', KEYS[1], 'document', ARGV[1])
if first == 1 then redis.call('EXPIRE', KEYS[1], ARGV[2]) end
if redis.call('HGET', KEYS[1], 'document') ~= ARGV[1] then return 0 end
return redis.call('HINCRBY', KEYS[1], 'times', 1)
"""


class WeChatMemory:
    """Keys are ``wechat:<what>:<id>``; everything expires by itself except messages that wait to be said.

    What was or will be said is sealed: a card that was just filed has its query code in it.
    """

    def __init__(self, redis: Redis, cipher: FieldCipher) -> None:
        self._redis: Any = redis  # the client's methods are typed for its synchronous twin as well
        self._cipher = cipher

    def _seal(self, text: str) -> str:
        return self._cipher.encrypt(text)

    def _open(self, stored: bytes | str) -> str | None:
        """None for what was written before it was sealed, or with another secret: then nothing is remembered."""
        try:
            return self._cipher.decrypt(stored.decode() if isinstance(stored, bytes) else stored)
        except DecryptionError:
            return None

    async def load(self, conversation_id: str) -> ChoicesMemory:
        """What the conversation was last offered."""
        stored = await self._redis.get(f"wechat:memory:{conversation_id}")
        opened = self._open(stored) if stored is not None else None
        if opened is None:
            return ChoicesMemory()
        data = json.loads(opened)
        choices = [Button.model_validate(choice) for choice in data["choices"]]
        return ChoicesMemory(choices, data["rest"], data["slow"])

    async def save(self, conversation_id: str, memory: ChoicesMemory) -> None:
        """Remember what the conversation is offered now."""
        choices = [button.model_dump() for button in memory.choices]
        data = {"choices": choices, "rest": memory.rest, "slow": memory.slow}
        await self._redis.set(f"wechat:memory:{conversation_id}", self._seal(json.dumps(data)), ex=CONVERSATION_SECONDS)

    async def answer(self, message_id: str) -> str | None:
        """The answer given to a message; None while there is none, empty if nothing was to be said."""
        stored = await self._redis.get(f"wechat:answer:{message_id}")
        return self._open(stored) if stored is not None else None

    async def remember_answer(self, message_id: str, text: str) -> None:
        """Keep the answer for the other deliveries of the message."""
        await self._redis.set(f"wechat:answer:{message_id}", self._seal(text), ex=DELIVERY_SECONDS)

    async def good_signature(self, signature: str, document: str) -> bool:
        """Whether a signature may come with this document (its digest): with its first one, as often as WeChat delivers.

        WeChat does not say whether it signs a delivery anew that it repeats, so a repeated one is let through; it gets
        the answer that was given before.
        """
        times = int(await self._redis.eval(BIND, 1, f"wechat:signature:{signature}", document, SIGNATURE_SECONDS))
        return 1 <= times <= DELIVERIES

    async def count_delivery(self, message_id: str) -> int:
        """Which delivery of the message this is, from 1."""
        key = f"wechat:deliveries:{message_id}"
        count = int(await self._redis.incr(key))
        await self._redis.expire(key, DELIVERY_SECONDS)
        return count

    async def claim(self, deed: str) -> bool:
        """True for the first caller, among all processes."""
        return bool(await self._redis.set(f"wechat:claim:{deed}", "1", nx=True, ex=CONVERSATION_SECONDS))

    async def release(self, deed: str) -> None:
        """Give a claim back after a failure."""
        await self._redis.delete(f"wechat:claim:{deed}")

    async def wait_with(self, conversation_id: str, parts: list[Part]) -> None:
        """Keep a message that could not be sent, to be said with the next reply."""
        await self._redis.rpush(f"wechat:waiting:{conversation_id}", self._seal(PARTS.dump_json(parts).decode()))

    async def waiting(self, conversation_id: str) -> list[list[Part]]:
        """The messages that wait to be said, oldest first."""
        stored = await self._redis.lrange(f"wechat:waiting:{conversation_id}", 0, -1)
        return [PARTS.validate_json(self._open(parts) or "[]") for parts in stored]

    async def forget_waiting(self, conversation_id: str, count: int) -> None:
        """Drop the ``count`` oldest waiting messages: they were said."""
        await self._redis.ltrim(f"wechat:waiting:{conversation_id}", count, -1)


def message_keys(message_ids: Iterable[str], places: Iterable[int]) -> list[str]:
    """The keys that belong to single messages of a conversation and do not carry its id."""
    keys = [f"wechat:{what}:{one}" for one in message_ids for what in ("answer", "deliveries", "claim:late")]
    return keys + [f"wechat:claim:push:message-{place}" for place in places]
