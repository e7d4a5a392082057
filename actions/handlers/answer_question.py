"""Answers questions and follow-ups, and whatever the classifier did not understand."""

from __future__ import annotations

from actions.handlers.base import Handler
from actions.number_check import with_number_hint
from actions.replies import Reply
from actions.turns import Turn


class AnswerQuestion(Handler):
    """Answers questions and follow-ups, and whatever the classifier did not understand."""

    action_name = "action_answer_question"

    def reply(self, turn: Turn) -> Reply:
        """See :class:`actions.services.ActionServices`."""
        return with_number_hint(turn, self.services.answers.reply(turn))
