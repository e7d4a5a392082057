"""What deciding weighs with: costs of errors and points from which on something counts (``costs.yml``)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from nlu.vocabulary import read_yaml

COSTS_FILE = Path(__file__).parent / "costs.yml"


class Settings(BaseModel):
    """The file. ``costs``: what it costs to do one act where another was wanted; ``error``: where nothing else is said.

    How probable something must be before it counts (all 0–1): ``several``, that a message asks several things before it is
    cut; ``at_hand``, that the item at hand is meant before it is answered from, ``beside_at_hand``, that of the question
    before in the same message; ``aspect``, that a point is asked before it is answered, ``aspect_alone``, before it is
    answered without the whole answer below it, ``beside``, that another is asked too; ``guess``, that an entry is right
    before its card is shown as a guess, ``guess_beside_offer``, before that is done above the offer of a ticket,
    ``answer_beside_list``, before it is shown above the list of an event; ``choice``, before it is offered as a choice, and
    ``choice_share``, beside the likeliest (what is far below that would only look absurd); ``told_apart``, before the
    question that tells it from its sisters is asked, and ``rival``, what share of that a sister must have; ``offer``, that a
    ticket is wanted before it is offered below an answer; ``event``, that an event of life is told before its list is shown
    where nothing else is known; ``beforehand``, that an entry is right before it is shown when a form is opened;
    ``plausible``, that a message is for the open form where it looks like what was asked for; ``clause``, that a hit for a
    part of a story is right before it counts for the whole; ``chat``, that small talk is of a kind before its response is
    given (``small_talk`` by intent, else ``chat_default``); ``door``, that something is of a kind before its refusal is given
    (``refusals``).
    ``outside_odds``: how much likelier it is that something is not ours where the judge of scope is sure of it,
    ``outside_short``: how much less probable in a text of a few words, ``outside_known`` and ``outside_near``: where the
    knowledge base has an answer, or may have one.
    ``event_odds``: how much likelier it is that all about an event of life is wanted, where its words are there.
    ``question_odds``: how much less probable it is that a message is for the open form where it is put as a question and nothing
    in it is what was asked for. ``awaited``: how probable it is that what can be read as the value an open sum asked for is it,
    ``awaited_question``: where it is put as a question.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    error: float = Field(gt=0)
    costs: Mapping[str, Mapping[str, float]]
    several: float = Field(gt=0, lt=1)
    at_hand: float = Field(gt=0, lt=1)
    beside_at_hand: float = Field(gt=0, lt=1)
    aspect: float = Field(gt=0, lt=1)
    aspect_alone: float = Field(gt=0, lt=1)
    guess: float = Field(gt=0, lt=1)
    guess_beside_offer: float = Field(gt=0, lt=1)
    answer_beside_list: float = Field(gt=0, lt=1)
    choice: float = Field(gt=0, lt=1)
    choice_share: float = Field(gt=0, lt=1)
    told_apart: float = Field(gt=0, lt=1)
    rival: float = Field(gt=0, le=1)
    beside: float = Field(gt=0, lt=1)
    offer: float = Field(gt=0, lt=1)
    event: float = Field(gt=0, lt=1)
    beforehand: float = Field(gt=0, lt=1)
    chat: float = Field(gt=0, lt=1)
    chat_default: str
    small_talk: Mapping[str, str]
    door: float = Field(gt=0, lt=1)
    outside_odds: float = Field(ge=1)
    outside_short: float = Field(gt=0, le=1)
    outside_known: float = Field(gt=0, le=1)
    outside_near: float = Field(gt=0, le=1)
    event_odds: float = Field(ge=1)
    plausible: float = Field(gt=0, lt=1)
    clause: float = Field(gt=0, lt=1)
    question_odds: float = Field(gt=0, le=1)
    awaited: float = Field(gt=0, lt=1)
    awaited_question: float = Field(gt=0, lt=1)
    refusals: Mapping[str, str]
    whole_answer: str
    several_points: str

    def cost(self, act: str, wanted: str) -> float:
        """What it costs to do ``act`` where ``wanted`` was meant."""
        return 0.0 if act == wanted else self.costs.get(act, {}).get(wanted, self.error)


@lru_cache(maxsize=1)
def load_settings(path: Path = COSTS_FILE) -> Settings:
    """The settings; raises pydantic's ValidationError where the file is wrong."""
    return Settings.model_validate(read_yaml(path))
