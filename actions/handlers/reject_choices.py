"""None of the choices was meant."""

from __future__ import annotations

from actions.handlers.base import Handler
from actions.replies import Reply
from actions.turns import Turn


class RejectChoices(Handler):
    """None of the choices was meant."""

    action_name = "action_reject_choices"

    def reply(self, turn: Turn) -> Reply:
        """See :class:`actions.services.ActionServices`."""
        return self.services.answers.none_chosen(turn)
