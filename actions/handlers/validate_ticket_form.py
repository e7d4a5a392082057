"""One step of filing a ticket."""

from __future__ import annotations

from actions.handlers.base import FormHandler
from actions.replies import Reply
from actions.turns import Turn


class ValidateTicketForm(FormHandler):
    """One step of filing a ticket."""

    action_name = "validate_ticket_form"

    def reply(self, turn: Turn) -> Reply:
        """See :class:`actions.services.ActionServices`."""
        return self.services.ticket_form.step(turn)
