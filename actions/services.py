"""What handlers may use. Built once by the composition root; in tests by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from actions.answering import QuestionAnswering
from actions.calculating.calculating import Calculating
from actions.deciding.acts import Rooms
from actions.deciding.decide import Deciding
from actions.deciding.evidence import EvidenceGathering
from actions.deciding.models import DecidingModels
from actions.detail_finder import DetailFinder
from actions.english import EnglishAnswers
from actions.follow_form import FollowForm
from actions.human import HumanRequests
from actions.interruptions import Interruptions
from actions.ports import HandoverRecorder, KnowledgeSearch
from actions.recommendation.service import RecommendationService
from actions.recommending import Recommending
from actions.ticket_form import TicketForm
from actions.tickets.legal_clock import BEIJING
from actions.tickets.service import TicketService
from actions.unfinished_form import UnfinishedForms
from knowledge_base.sisters import SisterGroups
from nlu.encoder.ports import Encoder

__all__ = ["ActionServices", "HandoverRecorder", "KnowledgeSearch"]


@dataclass
class ActionServices:
    """The services given by other rooms, and those of the dialogue made of them.

    ``city`` is the section ``city`` of city.yml. ``agents_on_duty``: this installation has staff who take over chats.
    ``clarify_choices``: how many choices a clarification offers at most; ``sisters``: entries that one question
    tells apart. ``models``: what decides typed messages; with
    ``encoder``, the pretrained one, if there is one.
    """

    knowledge: KnowledgeSearch
    tickets: TicketService
    recommendation: RecommendationService
    handovers: HandoverRecorder
    city: Mapping[str, str]
    models: DecidingModels
    encoder: Encoder | None = None
    now: Callable[[], datetime] = lambda: datetime.now(BEIJING)
    agents_on_duty: bool = False
    clarify_choices: int = 3
    sisters: SisterGroups = field(default_factory=SisterGroups)
    answers: QuestionAnswering = field(init=False)
    recommending: Recommending = field(init=False)
    humans: HumanRequests = field(init=False)
    ticket_form: TicketForm = field(init=False)
    follow_form: FollowForm = field(init=False)
    unfinished: UnfinishedForms = field(init=False)
    calculating: Calculating = field(init=False)
    deciding: Deciding = field(init=False)

    def __post_init__(self) -> None:
        details = DetailFinder(self.encoder)
        self.answers = QuestionAnswering(self.knowledge, self.clarify_choices, self.sisters, details)
        self.recommending = Recommending(self.recommendation, self.answers, self.city["name"])
        self.humans = HumanRequests(self.handovers, agents_on_duty=self.agents_on_duty)
        self.unfinished = UnfinishedForms(self.tickets)
        self.calculating = Calculating(self.knowledge, lambda: self.now().astimezone(BEIJING).date())
        english = EnglishAnswers(self.knowledge, self.clarify_choices)
        rooms = Rooms(
            self.answers,
            self.recommending,
            self.humans,
            self.tickets,
            self.unfinished,
            english,
            self.calculating,
            details,
        )
        gathering = EvidenceGathering(
            self.models, self.knowledge, self.encoder, lambda text: self.recommendation.recommend(text) is not None
        )
        self.deciding = Deciding(gathering, rooms)
        interruptions = Interruptions(self.answers, self.recommending, self.humans, self.deciding)
        self.ticket_form = TicketForm(self.tickets, interruptions, self.deciding, self.unfinished, self.now)
        self.follow_form = FollowForm(self.tickets, interruptions)
