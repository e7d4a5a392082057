"""Giving a message to the form that is open."""

from __future__ import annotations

from actions.deciding.acts.base import Rooms
from actions.deciding.evidence import Evidence
from actions.replies import Reply

# In an open form a story is what happened, and 好 agrees with the form's question.
FOR_THE_FORM = ("fill", "change", "confirm", "cancel", "story", "file", "accept", "decline")


class FillForm:
    """The form reads it: a field, a change, a confirmation, a cancellation."""

    name = "fill_form"

    def probability(self, evidence: Evidence) -> float:
        """It is meant for the form."""
        return sum(evidence.wishes[wish] for wish in FOR_THE_FORM) if evidence.situation.form else 0.0

    def reply(self, evidence: Evidence, rooms: Rooms) -> Reply:
        """Nothing is said here: the open form reads what is meant for it."""
        return Reply(None)
