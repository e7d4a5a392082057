"""Hearing how somebody judges a reply."""

from __future__ import annotations

from actions.deciding.acts.base import Rooms
from actions.deciding.evidence import Evidence
from actions.fallback import HELPED
from actions.messages import Trace
from actions.replies import Reply
from actions.tickets.errors import TicketError

GOOD = "give_feedback_good"


class Rate:
    """The judgement goes to those who handle the ticket; without a ticket it is about the answer."""

    name = "rate"

    def probability(self, evidence: Evidence) -> float:
        """Something is judged."""
        return evidence.wishes["rate"]

    def reply(self, evidence: Evidence, rooms: Rooms) -> Reply:
        """Recorded on the ticket of this conversation, word for word."""
        turn = evidence.turn
        ticket = rooms.tickets.last_of(turn.conversation_id)
        if ticket is not None:
            try:
                rooms.tickets.add_note(ticket.number, turn.said, idempotency_key=turn.message_id)
            except TicketError as error:
                reply = Reply(Trace(decision="action", reason="judgement refused", ticket_number=ticket.number))
                return reply.say("utter_ticket_problem", problem=str(error))
            reply = Reply(Trace(decision="action", reason="judgement recorded", ticket_number=ticket.number))
            reply.slots = {**HELPED, "did": "followed"}
            return reply.say("utter_judgement_recorded", number=ticket.number)
        if dict(turn.ranking).get(GOOD, 0.0) >= 0.5:
            return Reply(Trace(decision="smalltalk", reason="praise"), slots={"did": "chatted"}).say("utter_glad")
        reply = rooms.answers.rejected(turn)
        reply.slots["did"] = "choices"
        return reply
