"""Answering from the knowledge base: one question or several, each with exactly the points it asks for."""

from __future__ import annotations

from actions.answered import answer_card_for, answered_slots, points_asked
from actions.deciding.acts.base import Rooms
from actions.deciding.evidence import Asked, Evidence
from actions.deciding.settings import load_settings
from actions.messages import Trace
from actions.replies import Reply

QUOTED = 24


class Answer:
    """The answer, with its source; what is not known of several questions is named."""

    name = "answer"

    def probability(self, evidence: Evidence) -> float:
        """A question is asked, and what is known is right."""
        return evidence.asks * (1.0 if evidence.answered else 0.0)

    def reply(self, evidence: Evidence, rooms: Rooms) -> Reply:
        """A card for each question that is known."""
        reply = answers(evidence)
        wanted = evidence.wishes["story"] + evidence.wishes["file"]
        if wanted >= load_settings().offer and not evidence.situation.form:
            reply.say("utter_offer_ticket")
            reply.slots |= {"did": "offered", "last_question": evidence.turn.said}
        return reply


def answers(evidence: Evidence) -> Reply:
    """The cards, and a word on each question that is left open."""
    turn, known = evidence.turn, [one for one in evidence.questions if one.entry is not None]
    last = known[-1]
    assert last.entry is not None  # noqa: S101 - filtered above; narrows the type
    facets = points_asked(last.entry, last.aspects)
    trace = Trace(decision="answer", reason=_reason(last), entry_id=last.entry.id, facet=facets[0] if facets else "")
    reply = Reply(trace, slots=answered_slots(turn, last.entry, facets))
    shown: set[tuple[str, ...]] = set()
    for one in known:
        assert one.entry is not None  # noqa: S101 - as above
        points = points_asked(one.entry, one.aspects)
        if (one.entry.id, *points) in shown:
            continue
        shown.add((one.entry.id, *points))
        if not points and _missing_point(one):
            reply.say("utter_facet_missing")
        reply.show(answer_card_for(one.entry, points))
    for one in evidence.questions:
        if one.entry is None:
            reply.say("utter_left_open", question=one.text[:QUOTED])
    return reply


def _reason(asked: Asked) -> str:
    return "follow_up" if asked.at_hand and asked.right == asked.at_hand else "confident_hit"


def _missing_point(asked: Asked) -> bool:
    """Whether one point was surely asked, of which the entry has nothing by itself."""
    name, share = next(iter(asked.aspects.items()))
    return name != "general" and share >= load_settings().aspect
