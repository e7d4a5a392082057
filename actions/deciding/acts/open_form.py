"""Opening the form of a ticket."""

from __future__ import annotations

from actions.answered import answer_card_for
from actions.deciding.acts.base import Rooms
from actions.deciding.evidence import Evidence
from actions.deciding.settings import load_settings
from actions.messages import Trace
from actions.replies import Reply


class OpenForm:
    """The form, for who plainly wants something filed."""

    name = "open_form"

    def probability(self, evidence: Evidence) -> float:
        """It is to be filed."""
        return 0.0 if evidence.situation.form else evidence.wishes["file"]

    def reply(self, evidence: Evidence, rooms: Rooms) -> Reply:
        """The form reads the message itself; what is surely known of the matter is said first: whom else to tell, what one
        may ask for.
        """
        reply = Reply(Trace(decision="action", reason="ticket form opened"), slots={"did": "form"})
        sure = [one for one in evidence.questions if one.entry is not None and one.right >= load_settings().beforehand]
        if sure and sure[0].entry is not None:
            reply.show(answer_card_for(sure[0].entry, []))
            reply.slots["entry_id"] = sure[0].entry.id
        reply.next_action = "ticket_form"
        return reply
