"""All that is to be done at an event of life."""

from __future__ import annotations

from actions.deciding.acts.base import Rooms
from actions.deciding.evidence import Evidence
from actions.replies import Reply


class Recommend:
    """The services of the event, in their order."""

    name = "recommend"

    def probability(self, evidence: Evidence) -> float:
        """An event is told, and everything about it is wanted."""
        return evidence.wishes["event"]

    def reply(self, evidence: Evidence, rooms: Rooms) -> Reply:
        """The list; an answer or a question where the event is not known."""
        reply = rooms.recommending.reply(evidence.turn)
        reply.slots["did"] = "listed"
        return reply
