"""Numbers whose check digit does not fit: they are taken as typed, and the citizen is asked to look at them again."""

from __future__ import annotations

from actions.replies import Reply, Say
from actions.turns import Turn
from nlu.entities.find import find_checked_numbers

# Kinds of numbers that cannot be right; the response ``utter_<kind>`` says so without repeating the number.
WRONG_KINDS = ("identity_number_wrong", "credit_code_wrong")


def with_number_hint(turn: Turn, reply: Reply) -> Reply:
    """The reply, opened by one hint for each kind of wrong number in what was said, however often it stands there."""
    found = {span.kind for span in find_checked_numbers(turn.said)}
    reply.messages[:0] = [Say(f"utter_{kind}") for kind in WRONG_KINDS if kind in found]
    return reply
