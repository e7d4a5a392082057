"""Turning down what was offered just now."""

from __future__ import annotations

from actions.deciding.acts.base import Rooms
from actions.deciding.evidence import Evidence
from actions.fallback import stretch_of
from actions.messages import Trace
from actions.replies import Reply


class DropOffer:
    """不用了, 都不是."""

    name = "drop_offer"

    def probability(self, evidence: Evidence) -> float:
        """An offer is turned down; who cancels without a form and without a ticket turns something down as well."""
        if evidence.situation.form:
            return 0.0
        cancels = 0.0 if evidence.situation.has_ticket else evidence.wishes["cancel"]
        return evidence.wishes["decline"] + (cancels if evidence.situation.did == "offered" else 0.0)

    def reply(self, evidence: Evidence, rooms: Rooms) -> Reply:
        """Nothing is filed; choices that were all wrong are recorded."""
        turn = evidence.turn
        if evidence.situation.did == "offered":
            reply = Reply(Trace(decision="smalltalk", reason="offer_declined"), slots={"did": "declined"})
            return reply.say("utter_not_filed_then")
        if turn.offers or stretch_of(turn).failures:
            # 都不是 once more: nothing has helped yet.
            return rooms.answers.none_chosen(turn)
        return rooms.unfinished.declined(turn) or rooms.answers.agreed(turn)
