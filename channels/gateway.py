"""One turn of a conversation, the same for every channel. ``Gateway.steps`` lists what happens, in order."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from actions.messages import Button, Decision, EmergencyPart, Part, TextPart, Trace
from bot.settings import Settings
from channels.conversations.service import ConversationService
from channels.errors import ChannelError, texts
from channels.inbound import Inbound, TurnResult
from channels.rasa_client import Dialogue, DialogueUnavailable
from nlu.danger import find_danger
from nlu.text import clean

logger = logging.getLogger(__name__)
POLL_SECONDS = 0.05


class RateLimiter(Protocol):
    """Counts messages."""

    async def allow(self, key: str) -> bool:
        """Whether one more message is allowed now."""


@dataclass
class TurnState:
    """What the steps hand on to each other. A step that sets ``decision`` ends the turn."""

    inbound: Inbound
    turn_id: str
    redelivery: bool
    handled_by: str = "bot"
    parts: list[Part] = field(default_factory=list)
    decision: Decision | None = None
    intent: str = ""
    confidence: float = 0.0
    ranking: list[dict[str, Any]] = field(default_factory=list)
    trace: Trace | None = None
    latency_ms: dict[str, float] = field(default_factory=dict)


class Step(Protocol):
    """One step of a turn."""

    name: str

    async def run(self, state: TurnState) -> None:
        """Read and extend ``state``."""


class Danger:
    """Life at risk: say whom to call at once, whatever form is open, whatever else the text says."""

    name = "danger"

    async def run(self, state: TurnState) -> None:
        """End the turn with emergency numbers if the words speak of danger."""
        kind = find_danger(state.inbound.text) if state.inbound.kind == "text" else ""
        if kind:
            words, labels = texts()["emergencies"][kind], texts()["emergency_phones"]
            phones = [Button(title=labels[phone], payload=phone) for phone in words["phones"]]
            state.parts = [EmergencyPart(text=words["text"], phones=phones)]
            state.decision, state.trace = "emergency", Trace(decision="emergency", reason=kind)


class OwnedByAgent:
    """A chat that a human agent has taken over: the bot records and stays silent."""

    name = "owner"

    async def run(self, state: TurnState) -> None:
        """End the turn without words if an agent owns the conversation."""
        if state.handled_by == "agent":
            state.decision, state.trace = "action", Trace(decision="action", reason="handled_by_agent")


class AskRasa:
    """Understanding, dialogue and actions."""

    name = "rasa"

    def __init__(self, dialogue: Dialogue, decisions: Mapping[str, Decision]) -> None:
        self._dialogue = dialogue
        self._decisions = decisions

    async def run(self, state: TurnState) -> None:
        """Let Rasa decide; raises DialogueUnavailable."""
        inbound = state.inbound
        text = inbound.payload if inbound.kind == "payload" else plain_text(inbound.text)
        reply = await self._dialogue.turn(inbound.conversation_id, text, state.turn_id, redelivery=state.redelivery)
        state.parts = reply.parts or [TextPart(text=texts()["no_reply"])]
        state.intent, state.confidence, state.ranking = reply.intent, reply.confidence, reply.ranking
        state.latency_ms |= reply.latency_ms
        if reply.traces:
            state.trace = reply.traces[-1]
            state.latency_ms |= state.trace.latency_ms
            state.decision = state.trace.decision
        else:
            state.decision = self._decisions.get(reply.intent, self._decisions["default"])


def plain_text(text: str) -> str:
    """Typed text as Rasa may see it: what Rasa would take for a command (``/intent``, ``EXTERNAL:``) is only text."""
    return text.lstrip("/／ ").removeprefix("EXTERNAL:").strip() or "？"


class Gateway:
    """Takes a message of any channel through the steps, exactly once, and remembers the result."""

    def __init__(
        self,
        settings: Settings,
        conversations: ConversationService,
        steps: list[Step],
        limiter: RateLimiter,
        observe: Callable[[TurnResult, Inbound], None] = lambda result, inbound: None,
    ) -> None:
        self._settings = settings
        self._conversations = conversations
        self.steps = steps
        self._limiter = limiter
        self._observe = observe

    def check(self, inbound: Inbound) -> Inbound:
        """The message with hidden characters gone; raises ChannelError for what cannot be a message."""
        if inbound.kind == "unsupported":
            raise ChannelError("not_text")
        text = clean(inbound.text)
        if not text:
            raise ChannelError("empty_message")
        if len(text) > self._settings.max_message_length:
            raise ChannelError("message_too_long", limit=self._settings.max_message_length)
        return replace(inbound, text=text)

    def conversation_for(self, channel: str, external_id: str) -> str:
        """The conversation of a channel's own user."""
        return self._conversations.conversation_for(channel, external_id)

    async def handle(self, inbound: Inbound, *, limited: bool = True) -> TurnResult:
        """Answer one message; the same message again gets the same answer.

        Raises ChannelError with the words for the citizen. After ``assistant_unavailable`` the message is kept and is
        worked on again when it is delivered again, or by :meth:`recover`.
        """
        inbound = self.check(inbound)
        if limited and not await self._limiter.allow(f"conversation:{inbound.conversation_id}"):
            raise ChannelError("too_many_messages", retry_after=5)
        if inbound.kind == "payload" and not await asyncio.to_thread(
            self._conversations.transcript.was_offered, inbound.conversation_id, inbound.payload
        ):
            raise ChannelError("unknown_payload")
        started = time.perf_counter()
        begun = await asyncio.to_thread(self._conversations.begin, inbound)
        if not begun.mine:
            return await self._answered_elsewhere(begun.turn_id)
        return await self._work(TurnState(inbound, begun.turn_id, begun.redelivery, begun.handled_by), started)

    async def recover(self) -> int:
        """Finish turns that a killed process left behind; returns how many were finished."""
        finished = 0
        for inbound in await asyncio.to_thread(self._conversations.stale):
            begun = await asyncio.to_thread(self._conversations.begin, inbound)
            if begun.mine:
                try:
                    await self._work(TurnState(inbound, begun.turn_id, redelivery=True), time.perf_counter(), tell=True)
                    finished += 1
                except ChannelError:
                    logger.warning("a turn could not be finished yet", extra={"turn": begun.turn_id})
        return finished

    async def _work(self, state: TurnState, started: float, *, tell: bool = False) -> TurnResult:
        try:
            async with asyncio.timeout(self._settings.turn_timeout):
                for step in self.steps:
                    at = time.perf_counter()
                    await step.run(state)
                    state.latency_ms[step.name] = round((time.perf_counter() - at) * 1000, 2)
                    if state.decision:
                        break
        except (DialogueUnavailable, TimeoutError) as error:
            counted = not isinstance(error, DialogueUnavailable) or error.reached
            await asyncio.to_thread(self._conversations.release, state.turn_id, counted=counted)
            logger.warning("dialogue unavailable", extra={"turn": state.turn_id, "error": str(error)})
            raise ChannelError("assistant_unavailable", retry_after=3) from error
        except BaseException:
            await asyncio.to_thread(self._conversations.release, state.turn_id)
            raise
        state.latency_ms["total"] = round((time.perf_counter() - started) * 1000, 2)
        result = TurnResult(
            turn_id=state.turn_id,
            parts=state.parts,
            decision=state.decision or "unresolved",
            intent=state.intent,
            confidence=state.confidence,
            trace=state.trace,
            latency_ms=state.latency_ms,
        )
        messages = await asyncio.to_thread(self._conversations.finish, result, state.ranking)
        result = replace(result, messages=messages, parts=self._conversations.heard(result.parts))
        if tell and result.parts:
            # Nobody waits for this reply: open widgets and channels that must be called are told.
            inbound, seq = state.inbound, messages[-1].seq
            await asyncio.to_thread(self._conversations.transcript.tell, inbound.conversation_id, inbound.channel, seq)
        self._observe(result, state.inbound)
        return result

    async def _answered_elsewhere(self, turn_id: str) -> TurnResult:
        """Wait for the process that holds the turn."""
        deadline = time.monotonic() + self._settings.turn_timeout
        while time.monotonic() < deadline:
            result = await asyncio.to_thread(self._conversations.result_of, turn_id)
            if result is not None:
                return result
            await asyncio.sleep(POLL_SECONDS)
        raise ChannelError("assistant_unavailable", retry_after=3)
