"""What else a citizen may say while a form is open, and how it is answered without closing the form."""

from __future__ import annotations

from actions.answering import ITEM_NOT_NAMED, QuestionAnswering
from actions.deciding.decide import Deciding
from actions.facets import load_facets
from actions.human import HumanRequests
from actions.messages import Trace
from actions.recommending import Recommending
from actions.replies import Reply
from actions.ticket_words import load_ticket_words
from actions.turns import Turn

CONFIDENT = 0.8
LATER = "utter_finish_first"
QUESTION_INTENTS = frozenset(
    {"ask_service", "choose_entry", "choose_none", *(facet.intent for facet in load_facets().facets.values())}
)


class Interruptions:
    """Whether a message is an aside is decided on evidence, as outside any form; pressed buttons say it themselves."""

    def __init__(
        self, answers: QuestionAnswering, recommending: Recommending, humans: HumanRequests, deciding: Deciding
    ) -> None:
        self._answers = answers
        self._recommending = recommending
        self._humans = humans
        self._deciding = deciding

    def reply(self, turn: Turn, *, plausible: bool, free_text: bool = False) -> Reply | None:
        """The answer to an aside, or None where the message is meant for the form.

        ``plausible`` tells that the text looks like the value asked for. ``free_text`` tells that any words may be one (what
        happened): then a question counts as an aside only if it can be answered.
        """
        if turn.pressed:
            return self._dispatch(turn)
        reply = self._deciding.aside(turn, plausible=plausible, free_text=free_text)
        if reply is not None and reply.trace is not None and reply.trace.reason == ITEM_NOT_NAMED:
            # To ask back which item is meant would put two questions at once: the form's own comes with every answer.
            return _small_talk(LATER, ITEM_NOT_NAMED)
        return reply

    def _dispatch(self, turn: Turn) -> Reply | None:
        if turn.intent == "choose_entry":
            return self._answers.choice(turn)
        if turn.intent == "choose_none":
            return self._answers.none_chosen(turn)
        if turn.intent in QUESTION_INTENTS:
            return self._answered(turn)
        if turn.intent == "request_human":
            return self._humans.reply(turn)
        if turn.intent == "recommend_services":
            return self._recommending.reply(turn)
        response = load_ticket_words().small_talk.get(turn.intent)
        return _small_talk(response, turn.intent) if response else None

    def _answered(self, turn: Turn) -> Reply:
        reply = self._answers.reply(turn)
        if reply.trace is None or reply.trace.reason != ITEM_NOT_NAMED:
            return reply
        # To ask back which item is meant would put two questions at once: the form's own comes with every answer.
        return _small_talk(LATER, ITEM_NOT_NAMED)


def _small_talk(response: str, reason: str) -> Reply:
    return Reply(Trace(decision="smalltalk", reason=f"{reason} while a form is open")).say(response)
