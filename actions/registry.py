"""The action server: every handler, registered once, in our own process."""

from __future__ import annotations

from typing import Any

from rasa_sdk.executor import ActionExecutor

from actions.handlers.answer_question import AnswerQuestion
from actions.handlers.calculate import Calculate
from actions.handlers.choose_entry import ChooseEntry
from actions.handlers.decide import Decide
from actions.handlers.finish_ticket import FinishTicket
from actions.handlers.follow_ticket import FollowTicket
from actions.handlers.recommend_services import RecommendServices
from actions.handlers.reject_answer import RejectAnswer
from actions.handlers.reject_choices import RejectChoices
from actions.handlers.repeat import Repeat
from actions.handlers.request_human import RequestHuman
from actions.handlers.settle_offer import SettleOffer
from actions.handlers.validate_follow_form import ValidateFollowForm
from actions.handlers.validate_ticket_form import ValidateTicketForm
from actions.handlers.without_form import WithoutForm
from actions.services import ActionServices

HANDLERS = (
    AnswerQuestion,
    Calculate,
    ChooseEntry,
    Decide,
    FinishTicket,
    FollowTicket,
    RecommendServices,
    RejectAnswer,
    RejectChoices,
    Repeat,
    RequestHuman,
    SettleOffer,
    ValidateFollowForm,
    ValidateTicketForm,
    WithoutForm,
)


class WarmExecutor(ActionExecutor):  # type: ignore[misc]  # rasa_sdk ships no types
    """Runs actions without the domain: Rasa does not send it (``enable_selective_domain``), and no handler reads it."""

    def update_and_return_domain(self, payload: dict[str, Any], action_name: str) -> dict[str, Any]:
        """Always empty."""
        return {}


def build_executor(services: ActionServices) -> ActionExecutor:
    """An executor with every handler; ``await executor.run(call)`` answers one webhook call of Rasa."""
    executor = WarmExecutor()
    for handler in HANDLERS:
        executor.register_action(handler(services))
    return executor
