"""What every act has, and what acts may use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from actions.answering import QuestionAnswering
from actions.calculating.calculating import Calculating
from actions.deciding.evidence import Evidence
from actions.detail_finder import DetailFinder
from actions.english import EnglishAnswers
from actions.human import HumanRequests
from actions.recommending import Recommending
from actions.replies import Reply
from actions.tickets.service import TicketService
from actions.unfinished_form import UnfinishedForms


@dataclass(frozen=True)
class Rooms:
    """The services that acts do their work with."""

    answers: QuestionAnswering
    recommending: Recommending
    humans: HumanRequests
    tickets: TicketService
    unfinished: UnfinishedForms
    english: EnglishAnswers
    calculating: Calculating
    details: DetailFinder


class Act(Protocol):
    """One way to treat a message. ``name`` is its name in ``costs.yml`` and in the trace."""

    name: str

    def probability(self, evidence: Evidence) -> float:
        """How probable it is that this is what the citizen wants (0–1); of all acts the sum is about one."""

    def reply(self, evidence: Evidence, rooms: Rooms) -> Reply:
        """Do it."""
