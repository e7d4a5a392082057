"""Asking which of several entries is meant."""

from __future__ import annotations

from functools import partial

from actions.answered import likeliest_facet
from actions.deciding.acts.base import Rooms
from actions.deciding.acts.guessing import guess_card
from actions.deciding.evidence import Evidence
from actions.deciding.settings import load_settings
from actions.replies import Reply


class Choices:
    """What may be meant, to choose from."""

    name = "choices"

    def probability(self, evidence: Evidence) -> float:
        """A question is asked, nothing is sure, and something found may be right."""
        found = any(one.result.band != "unknown" for one in evidence.questions)
        return evidence.asks if found and not evidence.answered else 0.0

    def reply(self, evidence: Evidence, rooms: Rooms) -> Reply:
        """The choices of the first question that has some."""
        asked = next(one for one in evidence.questions if one.result.band != "unknown")
        facet, least = likeliest_facet(asked.aspects), load_settings().guess
        guess = partial(guess_card, asked, rooms, evidence, least)
        reply = rooms.answers.clarify(asked.result, facet, evidence.turn, guess)
        reply.slots["did"] = "choices"
        return reply
