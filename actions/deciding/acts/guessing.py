"""The card of the likeliest entry, where it is not sure enough to be the answer."""

from __future__ import annotations

from dataclasses import replace

from actions.answered import answer_card_for, points_asked, with_details
from actions.deciding.acts.base import Rooms
from actions.deciding.evidence import Asked, Evidence
from actions.messages import AnswerPart


def guess_card(asked: Asked, rooms: Rooms, evidence: Evidence, least: float) -> AnswerPart | None:
    """The card, if the entry is at least so probable (0–1): the whole answer, and above it what was asked of it in particular.

    None while a form is open: there the next question of the form follows.
    """
    best = next(iter(asked.result.hits), None)
    if evidence.situation.form or best is None or best.probability < least:
        return None
    entry = rooms.answers.entry(best.entry_id)
    if entry is None:
        return None
    points = points_asked(entry, asked.aspects)
    details = replace(rooms.details.find(asked.text, entry), alone=False)
    return with_details(answer_card_for(entry, points, whole=True), entry, details, whole=not points)


def likeliest(evidence: Evidence) -> Asked:
    """The question of the message whose best hit is the most probable."""
    return max(evidence.questions, key=lambda one: one.result.hits[0].probability if one.result.hits else 0.0)
