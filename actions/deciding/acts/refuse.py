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
        settings = load_settings()
        kind, share = evidence.door
        response = settings.refusals[kind] if share >= settings.door and kind in settings.refusals else ""
        trace = Trace(decision="smalltalk", reason=f"out_of_scope:{kind}" if response else "out_of_scope")
        reply = Reply(trace, slots={**stretch_of(evidence.turn).failed().slots, "did": "refused"})
        return reply.say(response or "utter_out_of_scope")
