"""Files the confirmed ticket, or says that nothing was filed."""

from __future__ import annotations

from actions.handlers.base import Handler
from actions.replies import Reply
from actions.turns import Turn


class FinishTicket(Handler):
    """Files the confirmed ticket, or says that nothing was filed."""

    action_name = "action_finish_ticket"

    def reply(self, turn: Turn) -> Reply:
        """See :class:`actions.services.ActionServices`."""
        return self.services.ticket_form.finish(turn)
