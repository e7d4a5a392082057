"""Begins a sum, or takes a value of it from a button."""

from __future__ import annotations

from actions.handlers.base import Handler
from actions.messages import Trace
from actions.replies import Reply
from actions.turns import Turn


class Calculate(Handler):
    """Begins a sum, or takes a value of it from a button."""

    action_name = "action_calculate"

    def reply(self, turn: Turn) -> Reply:
        """See :class:`actions.calculating.calculating.Calculating`."""
        gone = Reply(Trace(decision="unresolved", reason="no_answer")).say("utter_entry_gone")
        return self.services.calculating.pressed(turn) or gone
