"""The answer did not help."""

from __future__ import annotations

from actions.handlers.base import Handler
from actions.replies import Reply
from actions.turns import Turn


class RejectAnswer(Handler):
    """The answer did not help."""

    action_name = "action_reject_answer"

    def reply(self, turn: Turn) -> Reply:
        """See :class:`actions.services.ActionServices`."""
        return self.services.answers.rejected(turn)
