"""Says once more what was said last."""

from __future__ import annotations

from actions.handlers.base import Handler
from actions.repeating import repeat
from actions.replies import Reply
from actions.turns import Turn


class Repeat(Handler):
    """Says once more what was said last."""

    action_name = "action_repeat"

    def reply(self, turn: Turn) -> Reply:
        """See :func:`actions.repeating.repeat`."""
        return repeat(turn)
