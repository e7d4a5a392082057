"""Offering to file what was told."""

from __future__ import annotations

from actions.deciding.acts.answer import answers
from actions.deciding.acts.base import Rooms
from actions.deciding.acts.guessing import guess_card, likeliest
from actions.deciding.evidence import Evidence
from actions.deciding.settings import load_settings
from actions.fallback import HELPED
from actions.messages import Trace
from actions.replies import Reply

LONGEST = 60


class OfferTicket:
    """The entry that helps where there is one, and the offer to file the matter."""

    name = "offer_ticket"

    def probability(self, evidence: Evidence) -> float:
        """A nuisance or a wrong is told."""
        return 0.0 if evidence.situation.form else evidence.wishes["story"]

    def reply(self, evidence: Evidence, rooms: Rooms) -> Reply:
        """Nothing is opened; 帮我登记 does it, with what was told."""
        said = evidence.turn.said
        least = load_settings().guess_beside_offer
        if evidence.answered:
            reply = answers(evidence, rooms).say("utter_offer_ticket")
        elif guess := guess_card(likeliest(evidence), rooms, evidence, least):
            reply = Reply(
                Trace(decision="action", reason="ticket offered", entry_id=guess.entry_id), slots=dict(HELPED)
            )
            reply.say("utter_guess").show(guess).say("utter_offer_ticket")
            reply.slots["entry_id"] = guess.entry_id
        else:
            reply = Reply(Trace(decision="action", reason="ticket offered"), slots=dict(HELPED))
            reply.say("utter_offer_filing", what=said if len(said) <= LONGEST else f"{said[:LONGEST]}…")
        reply.slots |= {"did": "offered", "last_question": said}
        return reply
