"""Records that a human is wanted."""

from __future__ import annotations

from actions.handlers.base import Handler
from actions.replies import Reply
from actions.turns import Turn


class RequestHuman(Handler):
    """Records that a human is wanted."""

    action_name = "action_request_human"

    def reply(self, turn: Turn) -> Reply:
        """See :class:`actions.services.ActionServices`."""
        return self.services.humans.reply(turn)
