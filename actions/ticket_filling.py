"""Taking what a message tells into the fields of a ticket's form: which change, which stay, what is said when nothing does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from actions.messages import Trace
from actions.questions import is_question
from actions.replies import Reply
from actions.ticket_fields import Told, merge, read_fields
from actions.ticket_words import FIELDS, load_ticket_words, tells_what
from actions.tickets.drafts import MAX_TEXT
from actions.turns import Turn
from nlu.entities.place import find_places

INVALID_PHONES_BEFORE_ANONYMOUS = 2


class TicketFilling:
    """Changes the slots ``ticket_*``; ``now`` is the time that 昨天 is reckoned from."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._words = load_ticket_words()

    def filled(self, turn: Turn, field: str, value: str, *, changes: bool = False) -> Reply:
        """Take over all that ``value`` tells, asked for ``field``. ``changes``: something told before is corrected."""
        told = read_fields(value, field, self._now())
        before = {name: text for name in FIELDS if (text := turn.slot(f"ticket_{name}"))}
        # At the question for a number, a time that is told instead mends the one before.
        late = field == "contact" and not (told.contact or told.wrong_number or told.no_contact or told.anonymous)
        mends = "when" if late and told.when else field
        after = merge(before, told, mends, changes=changes or mends != field)
        if told.where and (mended := self._place_mended(before.get("where", ""), told.where)):
            after["where"] = mended
        new = {name: text for name, text in after.items() if text != before.get(name)}
        if "what" in new and len(new["what"]) > MAX_TEXT:
            return self.not_understood("utter_ticket_too_long")
        if not new:
            return self._nothing_told(turn, field, told)
        reply = self._fill_all(new)
        if field == "contact" and "contact" not in new:
            return reply.say("utter_ticket_added") if "what" in new else reply
        return reply.say("utter_ticket_added") if field == "confirm" and list(new) == ["what"] else reply

    def _place_mended(self, before: str, place: str) -> str:
        """A place said only now, where what stands there is none or has no name; empty where it may stand."""
        if not before or place in before or find_places(before):
            return ""
        said = before not in {self._words.texts["unsure_value"], self._words.texts["skipped"]} and not is_question(
            before
        )
        return self._words.texts["addition"].format(before=before, more=place) if said else place

    def _nothing_told(self, turn: Turn, field: str, told: Told) -> Reply:
        if field == "contact":
            return self._bad_phone(turn)
        if field == "what" and tells_what(turn.said):
            return self.fill("what", turn.said)
        if field not in {"where", "when"}:
            return self.not_understood()
        if turn.slot("ticket_missed") == field:
            # Asked once more and told the same: who knows the place knows what it is called.
            return self.fill(field, turn.said)
        reply = self.not_understood(f"utter_ticket_no_{field}")
        reply.slots["ticket_missed"] = field
        return reply

    def _fill_all(self, values: Mapping[str, str]) -> Reply:
        slots: dict[str, Any] = {f"ticket_{field}": value for field, value in values.items()}
        slots |= {"ticket_confirm": None, "ticket_bad_phones": None, "ticket_missed": None}
        return Reply(_trace(f"ticket form: {', '.join(values)} given"), slots=slots)

    def fill(self, field: str, value: str) -> Reply:
        """One field as it stands."""
        return self._fill_all({field: value})

    def _bad_phone(self, turn: Turn) -> Reply:
        failures = int(turn.slots.get("ticket_bad_phones") or 0) + 1
        reply = Reply(_trace("no telephone number recognised"))
        reply.slots = {"ticket_bad_phones": failures, "ticket_contact": None}
        often = failures >= INVALID_PHONES_BEFORE_ANONYMOUS
        return reply.say("utter_ticket_offer_anonymous" if often else "utter_ticket_bad_phone")

    def not_understood(self, response: str = "utter_ticket_not_understood") -> Reply:
        """Nothing was for the form."""
        return Reply(_trace("nothing for the form in it"), slots={"ticket_confirm": None}).say(response)


def _trace(reason: str) -> Trace:
    return Trace(decision="action", reason=reason)
