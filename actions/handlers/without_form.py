"""取消, 修改 and 匿名 said while no form is open."""

from __future__ import annotations

from actions.handlers.base import Handler
from actions.replies import Reply
from actions.turns import Turn


class WithoutForm(Handler):
    """取消, 修改 and 匿名 said while no form is open."""

    action_name = "action_without_form"

    def reply(self, turn: Turn) -> Reply:
        """See :class:`actions.services.ActionServices`."""
        return self.services.unfinished.without_form(turn)
