"""One turn of a conversation, the same for every channel. ``Gateway.steps`` lists what happens, in order."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from typing import Any, ParamSpec, Protocol, TypeVar

from actions.messages import Button, Decision, Part, TextPart, Trace
from bot.cpu_limit import CpuLimitExceeded, cpu_limit
from bot.database import DATABASE_REFUSALS
from bot.pools import TURNS, run_in
from bot.settings import Settings
from channels.blame import Failures
from channels.conversations.claims import Failure
from channels.conversations.service import ConversationService
from channels.emergency import Emergency, EmergencyDesk, EmergencyFinder, follow_up
from channels.emergency_words import load_words
from channels.errors import ChannelError, texts
from channels.inbound import Inbound, TurnResult
from channels.rasa_client import DialogueUnavailable, MessageTooHeavy
from channels.steps import AskRasa, Danger, OwnedByAgent, Step, TurnState
from nlu.entities.query_code import mask_query_codes
from nlu.privacy import mask
from nlu.text import clean

__all__ = ["AskRasa", "Danger", "Gateway", "OwnedByAgent", "RateLimiter"]

logger = logging.getLogger(__name__)
P = ParamSpec("P")
T = TypeVar("T")
POLL_SECONDS = 0.05
# While another process holds a turn: looks at it after which it is asked whether that process still lives.
POLLS_BEFORE_ASKING = 20
# Computing that looking through one text may take; a long message takes some milliseconds.
READING_CPU_SECONDS = 1.0
LIMITER_SECONDS = 1.0
RECOVERED_AT_ONCE = 4
# Between tries to tell a citizen of a reply while the queue is away.
TELLING_PAUSES = (1.0, 5.0, 30.0, 120.0, 600.0)
QUOTED = 20


class RateLimiter(Protocol):
    """Counts messages."""

    async def allow(self, key: str) -> bool:
        """Whether one more message is allowed now."""


class Gateway:
    """Takes a message of any channel through the steps, exactly once, and remembers the result."""

    def __init__(
        self,
        settings: Settings,
        conversations: ConversationService,
        steps: list[Step],
        limiter: RateLimiter,
        finder: EmergencyFinder,
        observe: Callable[[TurnResult, Inbound], None] = lambda result, inbound: None,
    ) -> None:
        self._settings = settings
        self._conversations = conversations
        self.steps = steps
        self._limiter = limiter
        self._observe = observe
        self._finder = finder
        self._emergencies = EmergencyDesk(conversations, masked)
        self._failures = Failures(settings.turn_timeout)
        self._background: set[asyncio.Task[None]] = set()

    def check(self, inbound: Inbound) -> Inbound:
        """The message with hidden characters gone; raises ChannelError for what cannot be a message."""
        if inbound.kind == "unsupported":
            raise ChannelError("not_text")
        text = _read(clean, inbound.text)
        if not text:
            raise ChannelError("empty_message")
        if len(text) > self._settings.max_message_length:
            raise ChannelError("message_too_long", limit=self._settings.max_message_length)
        return replace(inbound, text=text)

    def conversation_for(self, channel: str, external_id: str) -> str:
        """The conversation of a channel's own user."""
        return self._conversations.conversation_for(channel, external_id)

    def emergency(self, text: str) -> Emergency | None:
        """What typed text surely tells of danger to life, whoever wrote it and however long it is."""
        found = self._looked_for(text)
        return found if found and found.level == "certain" else None

    def _looked_for(self, text: str) -> Emergency | None:
        started = time.perf_counter()
        found = _read(self._finder.find, text)
        return found and replace(found, milliseconds=round((time.perf_counter() - started) * 1000, 2))

    async def answer_emergency(self, emergency: Emergency, inbound: Callable[[], Awaitable[Inbound]]) -> TurnResult:
        """Say whom to call, and write it down afterwards; ``inbound`` as for :meth:`EmergencyDesk.answer`."""

        async def cleaned() -> Inbound:
            message = await inbound()
            return replace(message, text=_read(clean, message.text)[: self._settings.max_message_length])

        return await self._emergencies.answer(emergency, cleaned)

    async def handle(
        self, inbound: Inbound, *, limited: bool = True, authorise: Callable[[], Awaitable[None]] | None = None
    ) -> TurnResult:
        """Answer one message; the same message again gets the same answer.

        ``authorise`` raises ChannelError for who may not write into the conversation. Raises ChannelError with the words
        for the citizen. After ``assistant_unavailable`` the message is kept and is worked on again when it is delivered
        again, or by :meth:`recover`.
        """
        looking = time.perf_counter()
        emergency = self._looked_for(inbound.text) if inbound.kind == "text" else None
        if emergency and emergency.level == "certain":

            async def allowed() -> Inbound:
                await _authorised(authorise)
                # Everybody is answered, however often; what is stored has a limit like everything else.
                if limited and not await self._allowed(f"conversation:{inbound.conversation_id}"):
                    raise ChannelError("too_many_messages", retry_after=5)
                return inbound

            result = await self.answer_emergency(emergency, allowed)
            self._observe(result, inbound)
            return result
        looked = (time.perf_counter() - looking) * 1000
        await _authorised(authorise)
        inbound = await self._admitted(self.check(inbound), limited=limited)
        started = time.perf_counter()
        begun = await run_in(TURNS, self._conversations.begin, inbound, masked(inbound.text))
        if not begun.mine:
            return await self._answered_elsewhere(inbound, begun.turn_id)
        state = TurnState(inbound, begun.turn_id, begun.redelivery, begun.handled_by, begun.tries, emergency=emergency)
        state.latency_ms["danger"] = looked
        return await self._work(state, started)

    async def _admitted(self, inbound: Inbound, *, limited: bool) -> Inbound:
        """The message, if it is not one too many and its button was offered; raises ChannelError."""
        if limited and not await self._allowed(f"conversation:{inbound.conversation_id}"):
            raise ChannelError("too_many_messages", retry_after=5)
        if inbound.kind == "payload" and not await run_in(
            TURNS, self._conversations.transcript.was_offered, inbound.conversation_id, inbound.payload
        ):
            raise ChannelError("unknown_payload")
        return inbound

    async def recover(self) -> int:
        """Try again what waits to be tried; returns how many turns were finished.

        A turn that is out of tries is finished with words that say so: nobody is promised an answer that never comes.
        """
        waiting: dict[str, list[Inbound]] = defaultdict(list)
        for inbound in await run_in(TURNS, self._conversations.due):
            waiting[inbound.conversation_id].append(inbound)
        room = asyncio.Semaphore(RECOVERED_AT_ONCE)

        async def recovered(messages: list[Inbound]) -> int:
            async with room:
                return await self._recover_in_order(messages)

        return sum(await asyncio.gather(*map(recovered, waiting.values())))

    async def close(self) -> None:
        """Give what is not stored or told yet a last moment."""
        await self._emergencies.close()
        for task in self._background:
            task.cancel()

    async def _recover_in_order(self, messages: list[Inbound]) -> int:
        """Messages of one conversation; after one that fails the others wait as well."""
        finished = 0
        for inbound in messages:
            try:
                begun = await run_in(TURNS, self._conversations.begin_again, inbound)
                if not begun.mine:
                    continue
                state = TurnState(inbound, begun.turn_id, True, begun.handled_by, begun.tries, recovering=True)
                await self._work(state, time.perf_counter())
                finished += 1
            except Exception as error:
                # The words of the error may quote the citizen.
                logger.warning("a turn could not be finished yet: %s", getattr(error, "code", type(error).__name__))
                break
        return finished

    async def _work(self, state: TurnState, started: float) -> TurnResult:
        if state.tries.attempts > self._conversations.claims.patience.attempts:
            return await self._set_aside(state, "timed_out", started)
        try:
            async with asyncio.timeout(self._settings.turn_timeout):
                await self._take_steps(state)
        except MessageTooHeavy:
            return await self._set_aside(state, "timed_out", started)
        except (DialogueUnavailable, TimeoutError) as error:
            reached = not isinstance(error, DialogueUnavailable) or error.reached
            logger.warning("dialogue unavailable", extra={"turn": state.turn_id, "error": str(error)})
            later = ChannelError("assistant_unavailable", retry_after=3)
            later.__cause__ = error
            return await self._failed(state, Failure.FAULT if reached else Failure.OUTAGE, later, started)
        except Exception as error:
            return await self._failed(state, Failure.FAULT, error, started)
        except BaseException:
            await self._release(state, Failure.STOPPED)
            raise
        try:
            return await self._finish(state, started)
        except DATABASE_REFUSALS:
            # The message is not to blame; whoever brings it again need not wait for the lease.
            with contextlib.suppress(*DATABASE_REFUSALS):
                await self._release(state, Failure.OUTAGE)
            raise

    async def _take_steps(self, state: TurnState) -> None:
        for step in self.steps:
            at = time.perf_counter()
            await step.run(state)
            spent = state.latency_ms.get(step.name, 0.0) + (time.perf_counter() - at) * 1000
            state.latency_ms[step.name] = round(spent, 2)
            if state.decision:
                break

    async def _failed(self, state: TurnState, failure: Failure, error: Exception, started: float) -> TurnResult:
        """Set the turn aside if it failed often enough, else give it back and raise ``error``."""
        patience, tries = self._conversations.claims.patience, state.tries
        alone = self._failures.add(state.inbound.conversation_id)
        faults = patience.faults if alone else patience.faults_with_others
        if failure is Failure.FAULT and tries.failures + 1 >= faults:
            return await self._set_aside(state, "timed_out", started)
        if failure is Failure.OUTAGE and state.recovering and tries.outages + 1 >= patience.outages:
            return await self._set_aside(state, "outage", started)
        await self._release(state, failure)
        raise error

    async def _release(self, state: TurnState, failure: Failure) -> None:
        release = self._conversations.claims.release
        await run_in(TURNS, release, state.turn_id, failure, waited_for=not state.recovering)

    async def _set_aside(self, state: TurnState, reason: str, started: float) -> TurnResult:
        """End the turn with words that say that it could not be done, where staff see it; it is not tried again."""
        logger.warning("a turn is set aside: %s", reason, extra={"turn": state.turn_id})
        text = masked(state.inbound.text)
        said = text if len(text) <= QUOTED else text[:QUOTED] + "…"
        buttons = [Button(**button) for button in texts()["set_aside_buttons"]]
        state.parts = [TextPart(text=texts()["set_aside"][reason].format(said=said), buttons=buttons)]
        decision: Decision = "unresolved"
        state.decision, state.trace = decision, Trace(decision=decision, reason=reason)
        return await self._finish(state, started)

    async def _finish(self, state: TurnState, started: float) -> TurnResult:
        state.latency_ms["total"] = round((time.perf_counter() - started) * 1000, 2)
        if danger := await self._of_danger(state):
            state.parts = [*danger, *([] if state.intent in load_words().polite else state.parts)]
        result = TurnResult(
            turn_id=state.turn_id,
            parts=state.parts,
            decision=state.decision or "unresolved",
            intent=state.intent,
            confidence=state.confidence,
            trace=state.trace,
            latency_ms=state.latency_ms,
        )
        messages = await run_in(TURNS, self._conversations.finish, result, state.ranking)
        if messages is None:
            return await run_in(TURNS, self._conversations.result_of, state.turn_id) or result
        result = replace(result, messages=messages, parts=self._conversations.heard(result.parts))
        if state.recovering and result.parts:
            # Nobody waits for this reply: open widgets and channels that must be called are told.
            self._in_background(self._tell(state.inbound, messages[-1].seq))
        self._observe(result, state.inbound)
        return result

    async def _of_danger(self, state: TurnState) -> list[Part]:
        """What stands above an answer, a question back, a refusal or words of failure where there is or was danger."""
        if state.decision == "emergency" or not state.parts:
            return []
        if state.emergency:
            return state.emergency.parts
        line = follow_up(await run_in(TURNS, self._conversations.dangers, state.inbound.conversation_id))
        return [TextPart(text=line)] if line else []

    async def _tell(self, inbound: Inbound, seq: int) -> None:
        tell = self._conversations.transcript.tell
        for pause in (*TELLING_PAUSES, 0.0):
            try:
                await run_in(TURNS, tell, inbound.conversation_id, inbound.channel, seq)
                return
            except OSError:
                await asyncio.sleep(pause)
        logger.error("a reply could not be brought to its citizen; it stands in the transcript")

    def _in_background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def _allowed(self, key: str) -> bool:
        try:
            async with asyncio.timeout(LIMITER_SECONDS):
                return await self._limiter.allow(key)
        except TimeoutError:
            logger.warning("rate limit not checked: no answer in time")
            return True

    async def _answered_elsewhere(self, inbound: Inbound, turn_id: str) -> TurnResult:
        """Wait for the process that holds the turn; take it over should that one die."""
        started, polls = time.perf_counter(), 0
        while time.perf_counter() - started < self._settings.turn_timeout:
            result = await run_in(TURNS, self._conversations.result_of, turn_id)
            if result is not None:
                return result
            await asyncio.sleep(POLL_SECONDS)
            polls += 1
            if polls % POLLS_BEFORE_ASKING == 0:
                begun = await run_in(TURNS, self._conversations.begin_again, inbound)
                if begun.mine:
                    return await self._work(TurnState(inbound, turn_id, True, begun.handled_by, begun.tries), started)
        raise ChannelError("assistant_unavailable", retry_after=3)


def masked(text: str) -> str:
    """The text with personal data masked; fixed words where looking for them took too long."""
    try:
        with cpu_limit(READING_CPU_SECONDS):
            return mask(mask_query_codes(text))
    except CpuLimitExceeded:
        return str(texts()["unread"])


def _read(read: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What ``read`` makes of a text; raises ChannelError where that takes too much computing."""
    try:
        with cpu_limit(READING_CPU_SECONDS):
            return read(*args, **kwargs)
    except CpuLimitExceeded as limit:
        raise ChannelError("unreadable") from limit


async def _authorised(authorise: Callable[[], Awaitable[None]] | None) -> None:
    if authorise is not None:
        await authorise()
