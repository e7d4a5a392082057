"""The steps of a turn, one class each; ``Gateway.steps`` lists them in order."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from actions.messages import Decision, Part, TextPart, Trace
from channels.conversations.claims import Tries
from channels.emergency import Emergency, EmergencyFinder
from channels.errors import texts
from channels.inbound import Inbound
from channels.rasa_client import Dialogue
from nlu.encoder.handed import HandedVector

# Begins what an action will probably ask for, and gives the text's vector where there is one.
LookAhead = Callable[[str], Awaitable[HandedVector | None]]


@dataclass
class TurnState:
    """What the steps hand on to each other. A step that sets ``decision`` ends the turn.

    ``recovering``: nobody waits for the reply, it is brought to the citizen. ``emergency``: what the words tell of danger.
    """

    inbound: Inbound
    turn_id: str
    redelivery: bool
    handled_by: str = "bot"
    tries: Tries = field(default_factory=Tries)
    recovering: bool = False
    emergency: Emergency | None = None
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
    """Life at risk: say whom to call at once, whatever form is open, whatever else the text says.

    A message that comes in is looked at before there is a turn (``Gateway.handle``); this is for turns that are taken
    up again.
    """

    name = "danger"

    def __init__(self, finder: EmergencyFinder) -> None:
        self._finder = finder

    async def run(self, state: TurnState) -> None:
        """End the turn with emergency numbers if the words speak of danger; put them above the reply if they may."""
        typed = state.recovering and state.inbound.kind == "text"
        state.emergency = self._finder.find(state.inbound.text) if typed else state.emergency
        if state.emergency and state.emergency.level == "certain":
            state.parts = state.emergency.parts
            state.decision, state.trace = "emergency", Trace(decision="emergency", reason=state.emergency.kind)


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

    def __init__(
        self,
        dialogue: Dialogue,
        decisions: Mapping[str, Decision],
        look_ahead: LookAhead | None = None,
    ) -> None:
        """``look_ahead``: see :data:`LookAhead`; it may be set later."""
        self._dialogue = dialogue
        self._decisions = decisions
        self.look_ahead = look_ahead

    async def run(self, state: TurnState) -> None:
        """Let Rasa decide; raises DialogueUnavailable."""
        inbound = state.inbound
        pressed = inbound.kind == "payload"
        vector = None if pressed or self.look_ahead is None else await self.look_ahead(inbound.text)
        reply = await self._dialogue.turn(
            inbound.conversation_id,
            inbound.payload if pressed else inbound.text,
            state.turn_id,
            pressed=pressed,
            redelivery=state.redelivery,
            vector=vector,
        )
        state.parts = reply.parts or [TextPart(text=texts()["no_reply"])]
        state.intent, state.confidence, state.ranking = reply.intent, reply.confidence, reply.ranking
        state.latency_ms |= reply.latency_ms
        if reply.traces:
            state.trace = reply.traces[-1]
            state.latency_ms |= state.trace.latency_ms
            state.decision = state.trace.decision
        else:
            state.decision = self._decisions.get(reply.intent, self._decisions["default"])
