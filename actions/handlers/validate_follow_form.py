"""One step of following a ticket."""

from __future__ import annotations

from actions.handlers.base import FormHandler
from actions.replies import Reply
from actions.turns import Turn


class ValidateFollowForm(FormHandler):
    """One step of following a ticket."""

    action_name = "validate_follow_form"

    def reply(self, turn: Turn) -> Reply:
        """See :class:`actions.services.ActionServices`."""
        return self.services.follow_form.step(turn)
