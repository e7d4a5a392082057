"""Saying once more what was said last."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from actions.messages import PART, Button, TextPart, Trace
from actions.replies import Reply, Show
from actions.turns import Turn


def repeat(turn: Turn) -> Reply:
    """The messages of the turn before this one; an invitation to ask where there were none."""
    reply = Reply(Trace(decision="smalltalk", reason="repeat"))
    reply.messages = [show for event in turn.last_words if (show := _shown(event))]
    return reply if reply.messages else reply.say("utter_nothing_to_repeat")


def _shown(event: Mapping[str, Any]) -> Show | None:
    data = event.get("data") or {}
    custom = data.get("custom") or {}
    if "part" in custom:
        part = PART.validate_python(custom["part"])
        return Show(part)  # type: ignore[arg-type]  # only parts that handlers showed are in the tracker
    if event.get("text"):
        buttons = [Button(title=item["title"], payload=item["payload"]) for item in data.get("buttons") or []]
        return Show(TextPart(text=str(event["text"]), buttons=buttons))
    return None
