"""Asking for a person."""

from __future__ import annotations

from actions.deciding.acts.base import Rooms
from actions.deciding.evidence import Evidence
from actions.replies import Reply


class HandOver:
    """The request goes to staff."""

    name = "hand_over"

    def probability(self, evidence: Evidence) -> float:
        """A person is wanted."""
        return evidence.wishes["human"]

    def reply(self, evidence: Evidence, rooms: Rooms) -> Reply:
        """Recorded, with what happens next."""
        reply = rooms.humans.reply(evidence.turn)
        reply.slots["did"] = "handed_over"
        return reply
