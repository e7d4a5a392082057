"""是的 or 不是, said to what was just offered."""

from __future__ import annotations

from actions.handlers.base import Handler
from actions.replies import Reply
from actions.turns import Turn


class SettleOffer(Handler):
    """是的 or 不是, said to what was just offered."""

    action_name = "action_settle_offer"

    def reply(self, turn: Turn) -> Reply:
        """See :class:`actions.services.ActionServices`."""
        return self.services.unfinished.settled(turn) or self.services.answers.settled(turn)
