"""Asking which of several entries is meant."""

from __future__ import annotations

from dataclasses import replace

from actions.answered import answer_card_for, likeliest_facet, points_asked, with_details
from actions.deciding.acts.base import Rooms
from actions.deciding.evidence import Asked, Evidence
from actions.deciding.settings import load_settings
from actions.messages import AnswerPart
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
        reply = rooms.answers.clarify(
            asked.result, likeliest_facet(asked.aspects), evidence.turn, _guess(asked, rooms, evidence)
        )
        reply.slots["did"] = "choices"
        return reply


def _guess(asked: Asked, rooms: Rooms, evidence: Evidence) -> AnswerPart | None:
    """The card of the likeliest entry, if it is likely enough to be shown before anything was chosen; in a form never."""
    best = asked.result.hits[0]
    if evidence.situation.form or best.probability < load_settings().guess:
        return None
    entry = rooms.answers.entry(best.entry_id)
    if entry is None:
        return None
    points = points_asked(entry, asked.aspects)
    details = replace(rooms.details.find(asked.text, entry), alone=False)
    return with_details(answer_card_for(entry, points, whole=True), entry, details, whole=not points)
