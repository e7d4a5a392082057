"""Decides what a typed message wants, and does it."""

from __future__ import annotations

from actions.handlers.base import Handler
from actions.number_check import with_number_hint
from actions.replies import Reply
from actions.turns import Turn


class Decide(Handler):
    """Decides what a typed message wants, and does it."""

    action_name = "action_decide"

    def reply(self, turn: Turn) -> Reply:
        """See :mod:`actions.deciding`."""
        return with_number_hint(turn, self.services.deciding.reply(turn))
