"""Shows, urges, withdraws or supplements a ticket."""

from __future__ import annotations

from actions.handlers.base import Handler
from actions.replies import Reply
from actions.turns import Turn


class FollowTicket(Handler):
    """Shows, urges, withdraws or supplements a ticket."""

    action_name = "action_follow_ticket"

    def reply(self, turn: Turn) -> Reply:
        """See :class:`actions.services.ActionServices`."""
        return self.services.follow_form.finish(turn)
