"""Recommends the services that a need calls for."""

from __future__ import annotations

from actions.handlers.base import Handler
from actions.replies import Reply
from actions.turns import Turn


class RecommendServices(Handler):
    """Recommends the services that a need calls for."""

    action_name = "action_recommend_services"

    def reply(self, turn: Turn) -> Reply:
        """See :class:`actions.services.ActionServices`."""
        return self.services.recommending.reply(turn)
