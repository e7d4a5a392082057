"""The WeChat conversation: one answer per message, however often it is delivered and however long it takes.

WeChat waits five seconds for a reply, then delivers the same message again, three times in all. A turn therefore runs
as a task of its own that every delivery joins. An answer that comes too late is sent as a customer-service message
if the account can; if not, the delivery is left unanswered until WeChat gives it up and the next one picks the answer
up, and after the last one the citizen asks for it with 更多.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Coroutine
from typing import Any

import httpx
from redis.asyncio import Redis
from redis.exceptions import RedisError

from actions.messages import Button, Part, TextPart
from bot.database import DATABASE_REFUSALS, refusal_of
from bot.pools import TURNS, run_in
from bot.security.encryption import FieldCipher
from bot.settings import Settings
from channels.emergency import Emergency
from channels.errors import ChannelError
from channels.inbound import Inbound
from channels.wechat.greeting import CityGreeting
from channels.wechat.memory import DELIVERIES, WeChatMemory
from channels.wechat.ports import CHANNEL, CustomerService, Gateway, Greeting
from channels.wechat.push import CustomerServiceClient, PushError
from channels.wechat.rendering import ChoicesMemory, render
from channels.wechat.texts import wechat_texts
from channels.wechat.wire import Callback, Verification, WeChatMessage, WeChatWire

logger = logging.getLogger(__name__)

# After this many seconds WeChat has certainly given a delivery up.
GIVEN_UP_AFTER = 5.5
# So long Redis is waited for: who is in danger must be answered within the seconds that WeChat waits.
SIGNATURE_SECONDS = 0.5
# So long the end of the process waits for answers that are under way; their turns are taken up again after a start.
CLOSING_SECONDS = 8.0
LOCALE = "zh"


class NotYet(Exception):
    """No answer to this delivery: the next one of the same message is to get it."""


class WeChatChannel:
    """Takes checked messages, returns the text to reply with.

    ``memory`` and ``customer_service`` default to this installation's Redis and WeChat's API, ``greeting`` to the
    greeting of all channels. ``given_up_after`` seconds is when WeChat no longer waits.
    """

    def __init__(
        self,
        settings: Settings,
        gateway: Gateway,
        cipher: FieldCipher,
        *,
        memory: WeChatMemory | None = None,
        customer_service: CustomerService | None = None,
        greeting: Greeting | None = None,
        given_up_after: float = GIVEN_UP_AFTER,
    ) -> None:
        self._closing = contextlib.AsyncExitStack()
        token = settings.wechat_token.get_secret_value()
        aes_key = settings.wechat_aes_key.get_secret_value()
        compatible = settings.wechat_compatible
        self.wire = WeChatWire(token, settings.wechat_app_id, aes_key, compatible=compatible) if token else None
        self._gateway = gateway
        redis = Redis.from_url(settings.redis_dsn)
        self._closing.push_async_callback(redis.aclose)
        self._memory = memory or WeChatMemory(redis, cipher)
        self._customer_service = customer_service or CustomerServiceClient(settings, redis, self._http())
        self._greeting = greeting or CityGreeting(settings)
        self._reply_seconds = settings.wechat_reply_seconds
        self._held_seconds = max(0.0, given_up_after - settings.wechat_reply_seconds)
        self._running: dict[str, asyncio.Task[str]] = {}
        self._background: set[asyncio.Task[None]] = set()

    async def genuine(self, callback: Callback | Verification) -> bool:
        """Whether the signature has not been used for another message before.

        Without Redis the time in the signature is all there is: to refuse would lose what citizens write, and the same
        message id is still worked on once only.
        """
        try:
            async with asyncio.timeout(SIGNATURE_SECONDS):
                return await self._memory.good_signature(callback.signature, callback.document)
        except (RedisError, OSError) as error:
            logger.warning("a WeChat signature was not checked for reuse: %s", type(error).__name__)
            return True

    async def receive(self, message: WeChatMessage) -> str:
        """The text to reply to this delivery with, empty if nothing is to be said; raises NotYet."""
        if message.kind == "event" and message.event != "subscribe":
            return ""
        if message.kind == "text" and (emergency := self._gateway.emergency(message.text)):
            return await self._in_danger(message, emergency)
        delivery = await self._memory.count_delivery(message.delivery_key)
        answered = await self._memory.answer(message.delivery_key)
        if answered is not None:
            return answered
        task = self._running.get(message.delivery_key) or self._start(message)
        if await _finished(task, self._reply_seconds):
            return task.result()
        if self._customer_service.configured:
            self._in_background(self._send_late(message, task))
            return ""
        if delivery >= DELIVERIES:
            return await self._promise(message, task)
        if await _finished(task, self._held_seconds):
            return task.result()
        raise NotYet

    async def _in_danger(self, message: WeChatMessage, emergency: Emergency) -> str:
        """Whom to call. Neither Redis nor the database is waited for; the turn is stored afterwards, once."""

        async def inbound() -> Inbound:
            return self._inbound(message, await self._conversation(message), ChoicesMemory())

        result = await self._gateway.answer_emergency(emergency, inbound)
        return render(result.parts, ChoicesMemory())

    async def push(
        self, openid: str, conversation_id: str, parts: list[Part], *, key: str, last_try: bool = False
    ) -> bool:
        """Send parts that are not a reply (staff, jobs), once per ``key``; True if they left now.

        What the account cannot send is said with the next reply. Raises PushError if it is worth trying again, which
        after the ``last_try`` it is not.
        """
        if not await self._memory.claim(f"push:{key}"):
            return False
        if not self._customer_service.configured:
            await self._memory.wait_with(conversation_id, parts)
            return False
        offered = ChoicesMemory()
        text = render(parts, offered)
        try:
            await self._customer_service.send(openid, text)
        except PushError as error:
            if error.final or last_try:
                await self._memory.wait_with(conversation_id, parts)
                return False
            await self._memory.release(f"push:{key}")
            raise
        except BaseException:
            # Whatever it was, nothing was sent: the next try must not take it for done.
            await self._memory.release(f"push:{key}")
            raise
        if offered.choices or offered.rest:
            await self._memory.save(conversation_id, offered)
        return True

    async def close(self) -> None:
        """Wait for what is still running, but not for ever, and close connections; call at shutdown."""
        try:
            async with asyncio.timeout(CLOSING_SECONDS):
                while pending := {*self._running.values(), *self._background}:
                    await asyncio.wait(pending)
        except TimeoutError:
            logger.warning("%d wechat answers were not waited for", len(self._running) + len(self._background))
        await self._closing.aclose()

    def _http(self) -> httpx.AsyncClient:
        client = httpx.AsyncClient()
        self._closing.push_async_callback(client.aclose)
        return client

    def _start(self, message: WeChatMessage) -> asyncio.Task[str]:
        task = asyncio.create_task(self._answer(message))
        self._running[message.delivery_key] = task
        task.add_done_callback(lambda _: self._ended(message, task))
        return task

    def _ended(self, message: WeChatMessage, task: asyncio.Task[str]) -> None:
        self._running.pop(message.delivery_key, None)
        if not task.cancelled():
            task.exception()  # looked at, for perhaps no delivery waits for it any more

    def _in_background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def _answer(self, message: WeChatMessage) -> str:
        if message.kind not in ("text", "event"):
            unsupported = wechat_texts().unsupported
            return unsupported.get(message.kind, unsupported["other"])
        try:
            conversation_id = await self._conversation(message)
            memory = await self._memory.load(conversation_id)
            text = await self._said(message, conversation_id, memory)
            await self._memory.save(conversation_id, memory)
            await self._memory.remember_answer(message.delivery_key, text)
        except ChannelError as error:
            return error.text(LOCALE)
        except DATABASE_REFUSALS as error:
            logger.warning("the database refused a wechat turn: %s", refusal_of(error))
            raise NotYet from error
        except Exception as error:
            # The turn is in the store; the words of the error may quote the citizen.
            logger.error("wechat turn failed: %s", type(error).__name__)
            return ChannelError("assistant_unavailable").text(LOCALE)
        return text

    async def _said(self, message: WeChatMessage, conversation_id: str, memory: ChoicesMemory) -> str:
        if message.kind == "event":
            return self._greet(memory)
        if message.text.strip(" 。.“”\"'") in wechat_texts().more_words:
            if memory.rest:
                return memory.next_page()
            if memory.slow:
                return wechat_texts().still_working
        result = await self._gateway.handle(self._inbound(message, conversation_id, memory))
        waiting = await self._memory.waiting(conversation_id)
        parts = [part for parts in [*waiting, result.parts] for part in parts]
        if not parts:
            return ""
        text = render(parts, memory)
        await self._memory.forget_waiting(conversation_id, len(waiting))
        return text

    def _greet(self, memory: ChoicesMemory) -> str:
        greeting, questions = self._greeting()
        text = render([TextPart(text=greeting, buttons=list(questions))], memory)
        # The greeting is in no transcript, so its choices are said as words, not pressed as buttons.
        memory.choices = [Button(title=button.title, payload="") for button in memory.choices]
        return text

    def _inbound(self, message: WeChatMessage, conversation_id: str, memory: ChoicesMemory) -> Inbound:
        chosen = memory.chosen(message.text)
        return Inbound(
            channel=CHANNEL,
            conversation_id=conversation_id,
            message_id=message.message_id,
            kind="payload" if chosen and chosen.payload else "text",
            text=chosen.title if chosen else message.text,
            payload=chosen.payload if chosen else "",
            at=message.at,
        )

    async def _conversation(self, message: WeChatMessage) -> str:
        return await run_in(TURNS, self._gateway.conversation_for, channel=CHANNEL, external_id=message.openid)

    async def _send_late(self, message: WeChatMessage, task: asyncio.Task[str]) -> None:
        text = await _late(task)
        if not text or not await self._memory.claim(f"late:{message.delivery_key}"):
            return
        try:
            await self._customer_service.send(message.openid, text)
        except PushError as error:
            logger.warning("late wechat answer not sent: %s", error)
            await self._keep(message, text)

    async def _promise(self, message: WeChatMessage, task: asyncio.Task[str]) -> str:
        conversation_id = await self._conversation(message)
        memory = await self._memory.load(conversation_id)
        memory.slow = True
        await self._memory.save(conversation_id, memory)
        self._in_background(self._keep_late(message, task))
        return wechat_texts().still_working

    async def _keep_late(self, message: WeChatMessage, task: asyncio.Task[str]) -> None:
        await self._keep(message, await _late(task))

    async def _keep(self, message: WeChatMessage, text: str) -> None:
        """Make ``text`` what 更多 shows next."""
        conversation_id = await self._conversation(message)
        memory = await self._memory.load(conversation_id)
        more = wechat_texts().more
        memory.rest = "\n".join(filter(None, (text.removesuffix(more).rstrip(), memory.rest)))
        memory.slow = False
        await self._memory.save(conversation_id, memory)


async def _late(task: asyncio.Task[str]) -> str:
    """The answer when no delivery waits any more, so that nothing is tried again."""
    try:
        return await task
    except NotYet:
        return ChannelError("storage_unavailable").text(LOCALE)


async def _finished(task: asyncio.Task[str], seconds: float) -> bool:
    # Not wait_for: a delivery that gives up must not cancel the turn.
    done, _ = await asyncio.wait({task}, timeout=seconds)
    return bool(done)
