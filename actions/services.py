"""What handlers may use. Built once by the composition root; in tests by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from actions.answering import QuestionAnswering
from actions.follow_form import FollowForm
from actions.human import HumanRequests
from actions.interruptions import Interruptions
from actions.ports import HandoverRecorder, KnowledgeSearch
from actions.recommendation.service import RecommendationService
from actions.recommending import Recommending
from actions.ticket_form import TicketForm
from actions.tickets.service import TicketService
from actions.unfinished_form import UnfinishedForms

__all__ = ["ActionServices", "HandoverRecorder", "KnowledgeSearch"]


@dataclass
class ActionServices:
    """The services given by other rooms, and those of the dialogue made of them.

    ``city`` is the section ``city`` of city.yml. ``agents_on_duty``: this installation has staff who take over chats.
    ``clarify_choices``: how many choices a clarification offers at most.
    """

    knowledge: KnowledgeSearch
    tickets: TicketService
    recommendation: RecommendationService
    handovers: HandoverRecorder
    city: Mapping[str, str]
    agents_on_duty: bool = False
    clarify_choices: int = 3
    answers: QuestionAnswering = field(init=False)
    recommending: Recommending = field(init=False)
    humans: HumanRequests = field(init=False)
    ticket_form: TicketForm = field(init=False)
    follow_form: FollowForm = field(init=False)
    unfinished: UnfinishedForms = field(init=False)

    def __post_init__(self) -> None:
        self.answers = QuestionAnswering(self.knowledge, self.clarify_choices)
        self.recommending = Recommending(self.recommendation, self.answers, self.city["name"])
        self.humans = HumanRequests(self.handovers, agents_on_duty=self.agents_on_duty)
        interruptions = Interruptions(self.answers, self.recommending, self.humans)
        self.unfinished = UnfinishedForms(self.tickets)
        self.ticket_form = TicketForm(self.tickets, interruptions, self.answers, self.unfinished)
        self.follow_form = FollowForm(self.tickets, interruptions)
