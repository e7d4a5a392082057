"""Recommending services for a need: a life event's list, or else an ordinary answer."""

from __future__ import annotations

from collections.abc import Sequence

from actions.answering import QuestionAnswering
from actions.answers import entry_button, first_source
from actions.fallback import HELPED
from actions.messages import ServicesPart, ServiceStep, Trace
from actions.recommendation.service import LifeEvent, LifeEventStep, RecommendationService
from actions.replies import Reply
from actions.turns import Turn
from knowledge_base.results import PublishedEntry


class Recommending:
    """From a need in the citizen's words to services in the order they are best done."""

    def __init__(self, recommendation: RecommendationService, answers: QuestionAnswering, city_name: str) -> None:
        self._recommendation = recommendation
        self._answers = answers
        self._city_name = city_name

    def event(self, turn: Turn) -> Reply | None:
        """The services of the life event meant; None where no event is recognised."""
        event = self._recommendation.recommend(turn.words)
        found = [(step, self._answers.entry(step.entry_id)) for step in event.steps] if event else []
        steps = [(step, entry) for step, entry in found if entry]
        if event and steps:
            slots = {
                **HELPED,
                "did": "listed",
                "choices": [entry.id for _, entry in steps],
                "last_question": turn.words,
            }
            trace = Trace(decision="action", reason=f"life_event:{event.id}")
            return Reply(trace, slots=slots).show(card(event, steps, self._city_name))
        return None

    def reply(self, turn: Turn) -> Reply:
        """The services of the life event meant; an answer from the knowledge base where no event is recognised."""
        if listed := self.event(turn):
            return listed
        if self._answers.can_answer(turn.said):
            return self._answers.reply(turn)
        trace = Trace(decision="clarify", reason="need_not_named")
        return Reply(trace, slots={"last_question": turn.words}).say("utter_which_need")


def card(event: LifeEvent, steps: Sequence[tuple[LifeEventStep, PublishedEntry]], city_name: str) -> ServicesPart:
    """A life event as a card of those steps whose entries are published.

    ``{city}`` in the event's introduction is the city's name.
    """
    services = [
        ServiceStep(
            title=step.title, note=step.note, source=first_source(entry), button=entry_button(entry.id, step.title)
        )
        for step, entry in steps
    ]
    return ServicesPart(title=event.title, intro=event.intro.format(city=city_name), services=services)
