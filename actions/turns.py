"""One turn as services see it: a plain view of Rasa's tracker."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

NONE_OF_THESE = "/choose_none"
# What typed words are called for Rasa's rules (bot/dialogue/channel.py); what they mean is decided by one action.
FREE_TEXT = "free_text"


@dataclass(frozen=True)
class Turn:
    """What the citizen just said and what is remembered.

    ``message_id`` identifies the message for ever: what is done in this turn is done once for it. ``entities`` holds
    the parameters of a pressed button. ``form_opens`` tells that the form now validated was opened by this message.
    ``ranking``: the likeliest intents and how sure (0–1) the classifier was of each, best first. ``pressed``: ``text`` is
    a button's payload (``/intent{…}``); what is typed is words, whatever it looks like. None: told by the text's look.
    ``form``: the open form's name in ``domain.yml``, or empty.
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
    ranking: Sequence[tuple[str, float]] = ()
    pressed: bool | None = None
    form: str = ""

    def __post_init__(self) -> None:
        if self.pressed is None:
            object.__setattr__(self, "pressed", self.text.startswith("/"))

    @property
    def said(self) -> str:
        """The citizen's words; empty where a button was pressed."""
        return "" if self.pressed else self.text

    @property
    def offers(self) -> Sequence[str]:
        """Payloads of the choices put up just now, in the turn before this one, with 都不是 beside them."""
        payloads = [str(button["payload"]) for event in self.last_words for button in _buttons(event)]
        return [payload for payload in payloads if payload != NONE_OF_THESE] if NONE_OF_THESE in payloads else []

    @property
    def words(self) -> str:
        """What was said; where one of the offers was taken, the words for which it was put up."""
        return self.slot("last_question") if self.text in self.offers else self.said

    def taking(self, payload: str) -> Turn:
        """The turn as if the button with this payload had been pressed."""
        intent, brace, rest = payload.removeprefix("/").partition("{")
        entities = json.loads(brace + rest) if brace else {}
        return replace(self, text=payload, intent=intent, confidence=1.0, entities=entities, pressed=True)

    def slot(self, name: str) -> str:
        """A text slot, empty if not set."""
        return str(self.slots.get(name) or "")


def turn_of(tracker: Mapping[str, Any]) -> Turn:
    """Read Rasa's tracker state (a dict as sent to the action server).

    An offer that an earlier action of this turn took (是的, 第二个) counts as pressed.
    """
    message = tracker["latest_message"]
    metadata = message.get("metadata") or {}
    text = str(message.get("text") or "")
    intent = _understood(message)
    events: Sequence[Mapping[str, Any]] = tracker.get("events") or []
    since_user: list[Mapping[str, Any]] = []
    for event in reversed(events):
        if event.get("event") == "user":
            break
        since_user.append(event)
    turn = Turn(
        conversation_id=str(tracker.get("sender_id") or ""),
        message_id=str(metadata.get("message_id") or message.get("message_id") or ""),
        text=text,
        intent=str(intent.get("name") or ""),
        confidence=float(intent.get("confidence") or 0.0),
        entities={item["entity"]: item["value"] for item in message.get("entities") or []},
        slots=tracker.get("slots") or {},
        form_opens=any(event.get("event") == "active_loop" and event.get("name") for event in since_user),
        last_words=_last_words(events),
        ranking=[
            (str(item["name"]), float(item["confidence"]))
            for item in message.get("intent_ranking") or []
            if item.get("name")
        ],
        # Rasa's own tests of conversations have no metadata.
        pressed=metadata.get("pressed"),
        form=str((tracker.get("active_loop") or {}).get("name") or ""),
    )
    taken = turn.slots.get("taken") or {}
    return turn.taking(taken["payload"]) if taken and taken["message_id"] == turn.message_id else turn


def _understood(message: Mapping[str, Any]) -> Mapping[str, Any]:
    """The intent that the classifier gave; free text goes by one name, for which there is one rule."""
    intent: Mapping[str, Any] = message.get("intent") or {}
    ranking = message.get("intent_ranking") or []
    return ranking[0] if intent.get("name") == FREE_TEXT and ranking else intent


def _buttons(event: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """The choices of a bot event: below fixed words, or below words that were said once more."""
    data = event.get("data") or {}
    part = (data.get("custom") or {}).get("part") or {}
    return data.get("buttons") or part.get("buttons") or ()


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
