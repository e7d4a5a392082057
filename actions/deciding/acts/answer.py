"""Answering from the knowledge base: one question or several, each with exactly the points it asks for."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from actions.answered import WHOLE, answer_card_for, answered_slots, points_asked, surely_asked, with_details
from actions.deciding.acts.base import Rooms
from actions.deciding.evidence import Asked, Evidence
from actions.deciding.settings import load_settings
from actions.detail_finder import together
from actions.messages import Trace
from actions.replies import Reply
from knowledge_base.results import PublishedEntry

QUOTED = 24
# Where an entry is among so many hits of a part of a message, the part speaks of it.
NEAR = 3


class Answer:
    """The answer, with its source; what is not known of several questions is named."""

    name = "answer"

    def probability(self, evidence: Evidence) -> float:
        """A question is asked, and what is known is right."""
        return evidence.asks * (1.0 if evidence.answered else 0.0)

    def reply(self, evidence: Evidence, rooms: Rooms) -> Reply:
        """A card for each question that is known."""
        reply = answers(evidence, rooms)
        rooms.calculating.beside_answer(evidence.turn, str(reply.slots["entry_id"]), reply)
        wanted = evidence.wishes["story"] + evidence.wishes["file"]
        if wanted >= load_settings().offer and not evidence.situation.form:
            reply.say("utter_offer_ticket")
            reply.slots |= {"did": "offered", "last_question": evidence.turn.said}
        return reply


def answers(evidence: Evidence, rooms: Rooms) -> Reply:
    """A card for each entry with all points that were asked of it, and a word on each question that is left open."""
    turn, known = evidence.turn, [(one, one.entry) for one in evidence.questions if one.entry is not None]
    points = _points_by_entry(known)
    last, entry = known[-1]
    facets = points[entry.id]
    trace = Trace(decision="answer", reason=_reason(last), entry_id=entry.id, facet=facets[0] if facets else "")
    reply = Reply(trace, slots=answered_slots(turn, entry, facets))
    if len(points) > 1:
        # 第一个要什么材料 speaks of the first of them.
        reply.slots["choices"] = list(points)
    entries = {entry.id: (one, entry) for one, entry in reversed(known)}
    left = _left_open(evidence.questions, entries)
    for name, asked in points.items():
        one, shown = entries[name]
        texts = [other.text for other in evidence.questions if other.entry is None or other.entry.id == name]
        details = together([rooms.details.find(text, shown) for text in texts])
        if not asked and not details.details and _missing_point(one):
            reply.say("utter_facet_missing")
        card = answer_card_for(shown, asked, whole=not surely_asked(asked, one.aspects))
        reply.show(with_details(card, shown, details, whole=not asked))
    for one in left:
        reply.say("utter_left_open", question=one.text[:QUOTED])
    return reply


def _left_open(questions: Sequence[Asked], answered: Collection[str]) -> list[Asked]:
    """The questions that nothing was found for; what is near to an entry that is shown is answered there, or belongs to it."""
    left = [one for one in questions if one.entry is None]
    return [one for one in left if not any(hit.entry_id in answered for hit in one.result.hits[:NEAR])]


def _points_by_entry(known: Sequence[tuple[Asked, PublishedEntry]]) -> dict[str, list[str]]:
    """The points asked of each entry, in order; none where one of its questions wants the whole answer."""
    asked: dict[str, list[list[str]]] = {}
    for one, entry in known:
        asked.setdefault(entry.id, []).append(points_asked(entry, one.aspects))
    return {
        name: list(dict.fromkeys(point for points in several for point in points)) if all(several) else []
        for name, several in asked.items()
    }


def _reason(asked: Asked) -> str:
    return "follow_up" if asked.at_hand and asked.right == asked.at_hand else "confident_hit"


def _missing_point(asked: Asked) -> bool:
    """Whether one point was surely asked, of which the entry has nothing by itself."""
    name, share = next(iter(asked.aspects.items()))
    return name not in WHOLE and share >= load_settings().aspect
