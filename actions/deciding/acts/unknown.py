"""Saying that there is no answer, or asking which item is meant."""

from __future__ import annotations

from actions.deciding.acts.base import Rooms
from actions.deciding.evidence import Evidence
from actions.deciding.settings import load_settings
from actions.replies import Reply


class Unknown:
    """An honest word, recorded as unresolved."""

    name = "unknown"

    def probability(self, evidence: Evidence) -> float:
        """A question is asked, and nothing found may be right."""
        nothing = all(one.result.band == "unknown" for one in evidence.questions)
        return evidence.asks if nothing and not evidence.answered else 0.0

    def reply(self, evidence: Evidence, rooms: Rooms) -> Reply:
        """The list of an event of life that is told, else what the answering service says where it knows nothing."""
        told = evidence.wishes["event"] >= load_settings().event and not evidence.situation.form
        if told and (listed := rooms.recommending.event(evidence.turn)):
            return listed
        reply = rooms.answers.without_answer(evidence.turn, evidence.questions[0].result)
        reply.slots.setdefault("did", "asked_back")
        return reply
