"""Following a ticket: status, urging, withdrawing, adding."""

from __future__ import annotations

from actions.deciding.acts.base import Rooms
from actions.deciding.evidence import Evidence
from actions.messages import Trace
from actions.replies import Reply


class Follow:
    """The form that finds the ticket and does what is wished."""

    name = "follow"

    def probability(self, evidence: Evidence) -> float:
        """A ticket is asked after; 取消 with a ticket and without a form takes it back."""
        has_one = evidence.situation.has_ticket and not evidence.situation.form
        cancels = evidence.wishes["cancel"] if has_one else 0.0
        return evidence.wishes["follow"] + cancels

    def reply(self, evidence: Evidence, rooms: Rooms) -> Reply:
        """The form reads the message itself."""
        reply = Reply(Trace(decision="action", reason="follow form opened"), slots={"did": "followed"})
        reply.next_action = "follow_form"
        return reply
