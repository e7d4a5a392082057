"""Answers with one of the choices just offered."""

from __future__ import annotations

from actions.handlers.base import Handler
from actions.replies import Reply
from actions.turns import Turn


class ChooseEntry(Handler):
    """Answers with one of the choices just offered."""

    action_name = "action_choose_entry"

    def reply(self, turn: Turn) -> Reply:
        """See :class:`actions.services.ActionServices`."""
        return self.services.answers.choice(turn)
