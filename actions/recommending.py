"""Recommending services for a need: a life event's list, or else an ordinary answer."""

from __future__ import annotations

from actions.answering import QuestionAnswering
from actions.answers import entry_button
from actions.messages import ServicesPart, ServiceStep, Trace
from actions.recommendation.service import LifeEvent, RecommendationService
from actions.replies import Reply
from actions.turns import Turn


class Recommending:
    """From a need in the citizen's words to services in the order they are best done."""

    def __init__(self, recommendation: RecommendationService, answers: QuestionAnswering, city_name: str) -> None:
        self._recommendation = recommendation
        self._answers = answers
        self._city_name = city_name

    def reply(self, turn: Turn) -> Reply:
        """The services of the life event meant; an answer from the knowledge base where no event is recognised."""
        event = self._recommendation.recommend(turn.said)
        if event is not None:
            slots = {"failures": 0, "choices": [step.entry_id for step in event.steps], "last_question": turn.said}
            trace = Trace(decision="action", reason=f"life_event:{event.id}")
            return Reply(trace, slots=slots).show(card(event, self._city_name))
        if self._answers.can_answer(turn.said):
            return self._answers.reply(turn)
        trace = Trace(decision="clarify", reason="need_not_named")
        return Reply(trace, slots={"last_question": turn.said}).say("utter_which_need")


def card(event: LifeEvent, city_name: str) -> ServicesPart:
    """A life event as a card; ``{city}`` in its introduction is the city's name."""
    steps = [
        ServiceStep(title=step.title, note=step.note, button=entry_button(step.entry_id, step.title))
        for step in event.steps
    ]
    return ServicesPart(title=event.title, intro=event.intro.format(city=city_name), services=steps)
