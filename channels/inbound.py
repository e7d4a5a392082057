"""What every channel hands to the gateway, and what it gets back."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal

from actions.messages import Decision, Part, Trace
from bot.database import utcnow
from channels.conversations.transcript import MessageView

InboundKind = Literal["text", "payload", "event", "unsupported"]
EARLIEST = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Inbound:
    """One message of a citizen, in no channel's own format. ``message_id`` is the channel's and unique in the conversation.

    ``payload`` is what a pressed button stands for; ``text`` is then what the button said. ``at`` is when it was sent; a
    time that cannot be is replaced by now, for it may come from a clock that is wrong by centuries.
    """

    channel: str
    conversation_id: str
    message_id: str
    kind: InboundKind
    text: str
    payload: str = ""
    media: dict[str, str] = field(default_factory=dict)
    at: datetime = field(default_factory=utcnow)

    def __post_init__(self) -> None:
        if self.at.tzinfo is None or not EARLIEST <= self.at <= utcnow() + timedelta(days=1):
            object.__setattr__(self, "at", utcnow())


@dataclass(frozen=True)
class TurnResult:
    """The reply to one message. ``duplicate``: the message had been answered before, and this is that answer.

    ``messages``: the citizen's message and the reply as they stand in the transcript.
    """

    turn_id: str
    parts: list[Part]
    decision: Decision
    intent: str = ""
    confidence: float = 0.0
    trace: Trace | None = None
    latency_ms: dict[str, float] = field(default_factory=dict)
    duplicate: bool = False
    messages: list[MessageView] = field(default_factory=list)
