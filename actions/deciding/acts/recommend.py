"""All that is to be done at an event of life."""

from __future__ import annotations

from actions.deciding.acts.base import Rooms
from actions.deciding.acts.guessing import guess_card, likeliest
from actions.deciding.evidence import Evidence
from actions.deciding.settings import load_settings
from actions.messages import ServicesPart
from actions.replies import Reply, Show


class Recommend:
    """The services of the event, in their order."""

    name = "recommend"

    def probability(self, evidence: Evidence) -> float:
        """An event is told, and everything about it is wanted."""
        return evidence.wishes["event"]

    def reply(self, evidence: Evidence, rooms: Rooms) -> Reply:
        """The list, behind the answer to what is asked of it; an answer or a question where the event is not known."""
        reply = rooms.recommending.reply(evidence.turn)
        listed = any(isinstance(one, Show) and isinstance(one.part, ServicesPart) for one in reply.messages)
        least = load_settings().answer_beside_list
        if listed and (card := guess_card(likeliest(evidence), rooms, evidence, least)):
            # Who names an event and asks one thing of it wants that first.
            reply.messages.insert(0, Show(card))
        reply.slots["did"] = "listed"
        return reply
