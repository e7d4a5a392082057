"""Opening the form of a ticket."""

from __future__ import annotations

from actions.deciding.acts.base import Rooms
from actions.deciding.evidence import Evidence
from actions.messages import Trace
from actions.replies import Reply


class OpenForm:
    """The form, for who plainly wants something filed."""

    name = "open_form"

    def probability(self, evidence: Evidence) -> float:
        """It is to be filed."""
        return 0.0 if evidence.situation.form else evidence.wishes["file"]

    def reply(self, evidence: Evidence, rooms: Rooms) -> Reply:
        """The form reads the message itself."""
        reply = Reply(Trace(decision="action", reason="ticket form opened"), slots={"did": "form"})
        reply.next_action = "ticket_form"
        return reply
