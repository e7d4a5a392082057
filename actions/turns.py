"""One turn as services see it: a plain view of Rasa's tracker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Turn:
    """What the citizen just said and what is remembered.

    ``message_id`` identifies the message for ever: what is done in this turn is done once for it. ``entities`` holds
    the parameters of a pressed button. ``form_opens`` tells that the form now validated was opened by this message.
    """

    conversation_id: str
    message_id: str
    text: str
    intent: str
    confidence: float
    entities: Mapping[str, Any] = field(default_factory=dict)
    slots: Mapping[str, Any] = field(default_factory=dict)
    form_opens: bool = False
    last_words: Sequence[Mapping[str, Any]] = ()

    @property
    def pressed(self) -> bool:
        """Whether a button was pressed: payloads reach Rasa as ``/intent{…}``."""
        return self.text.startswith("/")

    @property
    def said(self) -> str:
        """The citizen's words; empty where a button was pressed."""
        return "" if self.pressed else self.text

    def slot(self, name: str) -> str:
        """A text slot, empty if not set."""
        return str(self.slots.get(name) or "")


def turn_of(tracker: Mapping[str, Any]) -> Turn:
    """Read Rasa's tracker state (a dict as sent to the action server)."""
    message = tracker["latest_message"]
    intent = message.get("intent") or {}
    events: Sequence[Mapping[str, Any]] = tracker.get("events") or []
    since_user: list[Mapping[str, Any]] = []
    for event in reversed(events):
        if event.get("event") == "user":
            break
        since_user.append(event)
    return Turn(
        conversation_id=str(tracker.get("sender_id") or ""),
        message_id=str((message.get("metadata") or {}).get("message_id") or message.get("message_id") or ""),
        text=str(message.get("text") or ""),
        intent=str(intent.get("name") or ""),
        confidence=float(intent.get("confidence") or 0.0),
        entities={item["entity"]: item["value"] for item in message.get("entities") or []},
        slots=tracker.get("slots") or {},
        form_opens=any(event.get("event") == "active_loop" and event.get("name") for event in since_user),
        last_words=_last_words(events),
    )


def _last_words(events: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    """What the assistant said in the turn before this one, oldest first, as Rasa's bot events."""
    said: list[Mapping[str, Any]] = []
    users = 0
    for event in reversed(events):
        if event.get("event") == "user":
            users += 1
            if users == 2:
                break
        elif users == 1 and event.get("event") == "bot":
            said.append(event)
    return said[::-1]
