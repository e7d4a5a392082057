"""Taking what was offered just now: a ticket, or one of the choices."""

from __future__ import annotations

from actions.deciding.acts.base import Rooms
from actions.deciding.evidence import Evidence
from actions.messages import Trace
from actions.questions import chosen_index
from actions.replies import Reply

FILE = "/file_ticket"


class TakeOffer:
    """好, 帮我登记, 第二个."""

    name = "take_offer"

    def probability(self, evidence: Evidence) -> float:
        """An offer is taken; what sounds like a confirmation is one where a ticket was offered."""
        if evidence.situation.form:
            return 0.0
        offered = evidence.situation.did == "offered"
        return evidence.wishes["accept"] + (evidence.wishes["confirm"] if offered else 0.0)

    def reply(self, evidence: Evidence, rooms: Rooms) -> Reply:
        """The form with what was told before, or the entry that was chosen."""
        turn = evidence.turn
        if evidence.situation.did == "offered":
            taken = {"message_id": turn.message_id, "payload": FILE}
            reply = Reply(Trace(decision="action", reason="offer_taken"), slots={"taken": taken, "did": "form"})
            reply.next_action = "ticket_form"
            return reply
        if chosen_index(turn.said) is not None and (turn.offers or turn.slots.get("choices")):
            return rooms.answers.choice(turn)
        return rooms.unfinished.agreed(turn) or rooms.answers.agreed(turn)
