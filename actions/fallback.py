"""When a turn does not help: ask what is wanted, ask for other words, then leave with a way out. Never in a circle.

A stretch is all that was said since the assistant last helped. In it, a turn that does not help counts once, and so does
an offer that is turned down or passed over. The first time the citizen is asked for other words, from the second on a
way out is shown, and nothing more is asked until something was understood.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from actions.intent_labels import load_intent_labels
from actions.messages import Trace
from actions.replies import Reply
from actions.turns import Turn

NOT_SURE = "nlu_fallback"
FAILURES_BEFORE_WAY_OUT = 2
# Slots after a turn that helped: a new stretch begins.
HELPED: dict[str, Any] = {"fallback": None}


@dataclass(frozen=True)
class Stretch:
    """``failures``: how often it did not help. ``settled``: intents asked about and entries refused, not to come again."""

    failures: int = 0
    settled: tuple[str, ...] = ()

    @property
    def over(self) -> bool:
        """Whether it is time to leave."""
        return self.failures >= FAILURES_BEFORE_WAY_OUT

    @property
    def slots(self) -> dict[str, Any]:
        """As it is remembered; nothing where nothing went wrong yet."""
        if self == Stretch():
            return dict(HELPED)
        return {"fallback": {"failures": self.failures, "settled": list(self.settled)}}

    def failed(self) -> Stretch:
        """After one more turn that did not help."""
        return Stretch(self.failures + 1, self.settled)

    def settle(self, names: Iterable[str]) -> Stretch:
        """With more that is not to be offered again."""
        return Stretch(self.failures, tuple(dict.fromkeys([*self.settled, *names])))


def stretch_of(turn: Turn) -> Stretch:
    """The stretch as it was before this turn."""
    kept = turn.slots.get("fallback") or {}
    return Stretch(int(kept.get("failures", 0)), tuple(kept.get("settled", ())))


def ask_intents(turn: Turn, trace: Trace) -> Reply | None:
    """Ask which of the likeliest intents is meant.

    None where none is likely enough, where the citizen was asked just now, or where it is time to leave. ``trace`` tells
    of the search that found nothing.
    """
    stretch, labels = stretch_of(turn), load_intent_labels()
    if turn.intent != NOT_SURE or turn.offers or stretch.over:
        return None
    likely = labels.likely(turn.ranking, without=stretch.settled)
    if not likely:
        return None
    reply = Reply(trace.model_copy(update={"decision": "clarify", "reason": "intent_not_sure"}))
    reply.slots = {**stretch.settle(likely).slots, "last_question": turn.said}
    reply.slots |= dict.fromkeys(("choices", "choice_facet", "facet_pending"))
    buttons = [*(label.button for label in likely.values()), labels.none_of_these.button]
    if len(likely) > 1:
        return reply.say("utter_ask_intents", buttons)
    only = next(iter(likely.values()))
    return reply.say("utter_ask_intent", buttons, label=only.label, description=only.description)


def did_not_help(turn: Turn, trace: Trace, words: str, *, refused: Iterable[str] = ()) -> Reply:
    """One more turn that did not help: the response ``words``, or the way out where it is time to leave."""
    stretch = stretch_of(turn).settle(refused).failed()
    return Reply(trace, slots=stretch.slots).say("utter_way_out" if stretch.over else words)
