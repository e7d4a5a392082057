"""Saying kindly that something is none of a city government's business, and whose it is."""

from __future__ import annotations

from actions.deciding.acts.base import Rooms
from actions.deciding.evidence import Evidence
from actions.deciding.settings import load_settings
from actions.fallback import stretch_of
from actions.messages import Trace
from actions.replies import Reply


class Refuse:
    """The words of its kind: court, bank, hospital, another city, private, unlawful, everyday matters."""

    name = "refuse"

    def probability(self, evidence: Evidence) -> float:
        """It is none of ours."""
        return evidence.wishes["outside"]

    def reply(self, evidence: Evidence, rooms: Rooms) -> Reply:
        """The door that is the right one, where the kind is plain."""
        kind = plain_door(evidence)
        trace = Trace(decision="smalltalk", reason=f"out_of_scope:{kind}" if kind else "out_of_scope")
        reply = Reply(trace, slots={**stretch_of(evidence.turn).failed().slots, "did": "refused"})
        return reply.say(load_settings().refusals[kind] if kind else "utter_out_of_scope")


def plain_door(evidence: Evidence) -> str:
    """Of which kind it is, where that is plain and there are words for it; else empty."""
    settings = load_settings()
    kind, share = evidence.door
    return kind if share >= settings.door and kind in settings.refusals else ""
