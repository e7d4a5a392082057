"""Following a ticket in a conversation: status, urging, withdrawing, adding. One step of the form, and its end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from actions.fallback import HELPED
from actions.follow_words import FollowWords, Purpose, load_follow_words
from actions.interruptions import CONFIDENT, Interruptions
from actions.messages import Trace
from actions.number_check import with_number_hint
from actions.questions import is_noise
from actions.replies import Reply
from actions.ticket_words import load_ticket_words
from actions.tickets.cards import ticket_card
from actions.tickets.errors import TicketError, TicketLocked, TicketNotFound
from actions.tickets.service import TicketService
from actions.tickets.views import TicketView
from actions.turns import Turn
from nlu.text import content_only

MISSES_BEFORE_GIVING_UP = 2
WRONG_CODES_BEFORE_GIVING_UP = 3
MIN_NOTE = 4
# A ticket filed in this very conversation needs no code. Codes are kept sealed, and no sealed text looks like this.
OWN = "own"
FILING = "file_ticket"
REQUIRED_SLOTS = ("follow_number", "follow_code", "follow_note", "follow_confirm")
FORM_SLOTS = (*REQUIRED_SLOTS, "follow_purpose", "follow_outcome", "follow_misses", "follow_wrong")


class FollowForm:
    """Reads each message of an open form; its state lives in slots ``follow_*``, None where it is still to be asked.

    ``follow_code`` never holds a code: a typed one that waits for its number is sealed, and once both were right a grant
    takes its place (:mod:`actions.tickets.access`).
    """

    def __init__(self, tickets: TicketService, interruptions: Interruptions) -> None:
        self._tickets = tickets
        self._interruptions = interruptions
        self._words: FollowWords = load_follow_words()
        self._common = load_ticket_words()

    def step(self, turn: Turn) -> Reply:
        """What one message changes; ``close_form`` ends the form. The trace is the end's where the form ends here."""
        reply = with_number_hint(turn, self._step(turn))
        if all(reply.slots.get(slot, turn.slots.get(slot)) is not None for slot in REQUIRED_SLOTS):
            reply.trace = None
        return reply

    def _step(self, turn: Turn) -> Reply:
        if turn.form_opens:
            return self._opened(turn)
        asked = turn.slot("requested_slot").removeprefix("follow_")
        if (turn.pressed and turn.intent == "cancel") or self._common.says("cancel", turn.said):
            return self._closed("stopped")
        if leaves := self._another_wish(turn, asked):
            return leaves
        if asked in {"number", "code"}:
            return self._identifying(turn, asked)
        return self._confirming(turn) if asked == "confirm" else self._noting(turn)

    def finish(self, turn: Turn) -> Reply:
        """Do what was asked for and show the ticket; refusals are said in the service's own words."""
        slots = dict.fromkeys(FORM_SLOTS)
        outcome = turn.slot("follow_outcome")
        if outcome == FILING:
            return Reply(_trace("leaves for another wish"), slots=slots, next_action="ticket_form")
        if outcome == "answered":
            return Reply(None, slots=slots)
        if outcome:
            return Reply(_trace(f"following a ticket: {outcome}"), slots=slots).say(f"utter_follow_{outcome}")
        number, code = turn.slot("follow_number"), turn.slot("follow_code")
        try:
            ticket = self._done(turn, number, code)
        except TicketError as error:
            reply = Reply(Trace(decision="action", reason=f"refused: {type(error).__name__}", ticket_number=number))
            reply.slots = slots
            return reply.say("utter_ticket_problem", problem=str(error))
        purpose = turn.slot("follow_purpose")
        reply = Reply(Trace(decision="action", reason=f"ticket: {purpose}", ticket_number=ticket.number))
        reply.slots = slots | HELPED | {"did": "followed", "has_ticket": True}
        if code != OWN:
            reply.slots |= {"known_number": ticket.number, "known_code": code}
        if purpose != "check":
            reply.say(f"utter_follow_{purpose}_done")
        return reply.show(ticket_card(ticket))

    def _opened(self, turn: Turn) -> Reply:
        purpose = self._purpose(turn)
        number, code = self._words.number_and_code(turn.words)
        note = self._words.note_of(turn.said)
        slots: dict[str, Any] = {
            **dict.fromkeys(FORM_SLOTS),
            **HELPED,
            "follow_purpose": purpose.name,
            "follow_note": (note if len(content_only(note)) >= MIN_NOTE else None) if purpose.note else "",
            "follow_confirm": None if purpose.confirm else "yes",
        }
        reply = Reply(_trace(f"following a ticket: {purpose.name}"), slots=slots)
        if not number and not code:
            slots |= self._known(turn)
            return reply
        return self._checked(turn, reply, number, code, {})

    def _purpose(self, turn: Turn) -> Purpose:
        """What is to be done: what was pressed, or the likeliest of what may have been said."""
        if turn.intent in self._words.purposes:
            return self._words.purposes[turn.intent]
        heard = [(share, intent) for intent, share in turn.ranking if intent in self._words.purposes]
        return self._words.purposes[max(heard)[1] if heard else "check_ticket"]

    def _known(self, turn: Turn) -> dict[str, str]:
        grant = turn.slot("known_code")
        if grant and (ticket := self._tickets.granted(grant, turn.conversation_id)):
            return {"follow_number": ticket.number, "follow_code": grant}
        last = self._tickets.last_of(turn.conversation_id)
        return {"follow_number": last.number, "follow_code": OWN} if last else {}

    def _another_wish(self, turn: Turn, asked: str) -> Reply | None:
        """A wish to file something, or to do something else with a ticket, said or pressed while the form asks."""
        sure = turn.pressed or (turn.confidence >= CONFIDENT and asked != "note")
        if not sure or any(self._words.number_and_code(turn.said)):
            return None
        if turn.intent == FILING:
            return self._closed(FILING)
        purpose = self._words.purposes.get(turn.intent)
        if purpose is None or (purpose.name == turn.slot("follow_purpose") and not turn.pressed):
            return None
        return self._opened(turn)

    def _identifying(self, turn: Turn, asked: str) -> Reply:
        number, code = self._words.number_and_code(turn.said)
        if number or code:
            return self._checked(turn, Reply(_trace("ticket number or query code given")), number, code, turn.slots)
        if not turn.pressed and self._words.lost.search(turn.said):
            return self._closed("lost")
        aside = self._interruptions.reply(turn, plausible=any(char.isdigit() for char in turn.said))
        if aside:
            if not turn.slots.get("follow_wrong"):
                return aside.say("utter_follow_back")
            # Number and code were wrong, and now something else is wished: nobody is asked for them for ever.
            aside.slots["follow_outcome"] = "answered"
            aside.close_form = True
            return aside
        if turn.pressed:
            return Reply(_trace("button of an earlier step"), slots={}).say("utter_button_over")
        misses = int(turn.slots.get("follow_misses") or 0) + 1
        if misses >= MISSES_BEFORE_GIVING_UP:
            return self._closed("lost")
        return Reply(_trace(f"no {asked} recognised"), slots={"follow_misses": misses}).say(f"utter_follow_bad_{asked}")

    def _checked(self, turn: Turn, reply: Reply, number: str, code: str, before: Mapping[str, Any]) -> Reply:
        """Try number and code as soon as both are there, before anything more is asked."""
        number = number or str(before.get("follow_number") or "")
        code = code or self._tickets.access.kept(str(before.get("follow_code") or ""))
        reply.slots |= {"follow_number": number or None, "follow_code": None}
        if not number or not code:
            reply.slots["follow_code"] = self._tickets.access.keep(code) if code else None
            return reply
        try:
            ticket = self._tickets.lookup(number, code, conversation_id=turn.conversation_id)
        except TicketNotFound as error:
            wrong = int(before.get("follow_wrong") or 0) + 1
            reply.slots |= {"follow_number": None, "follow_wrong": wrong}
            if wrong >= WRONG_CODES_BEFORE_GIVING_UP:
                return self._closed("unproven")
            return reply.say("utter_follow_not_found", problem=str(error))
        except TicketLocked as error:
            closed = self._closed("refused")
            return closed.say("utter_ticket_problem", problem=str(error))
        grant = self._tickets.access.grant(turn.conversation_id, ticket.number)
        reply.slots |= {"follow_number": ticket.number, "follow_code": grant}
        return reply

    def _noting(self, turn: Turn) -> Reply:
        note = self._words.without_codes(turn.said)
        if turn.pressed or is_noise(note):
            return Reply(_trace("no note given"), slots={"follow_note": None}).say("utter_ticket_not_understood")
        return Reply(None, slots={"follow_note": note})

    def _confirming(self, turn: Turn) -> Reply:
        pressed = turn.pressed and turn.entities.get("asked") in (None, "follow_confirm")
        if self._common.says("agrees", turn.said) or (pressed and turn.intent == "affirm"):
            return Reply(None, slots={"follow_confirm": "yes"})
        if self._common.says("refuses", turn.said) or (pressed and turn.intent == "deny"):
            return self._closed("kept")
        aside = self._interruptions.reply(turn, plausible=False)
        if aside:
            return aside.say("utter_follow_back")
        words = "utter_button_over" if turn.pressed else "utter_ticket_not_understood"
        return Reply(_trace("neither yes nor no"), slots={"follow_confirm": None}).say(words)

    def _closed(self, outcome: str) -> Reply:
        return Reply(None, slots={"follow_outcome": outcome}, close_form=True)

    def _done(self, turn: Turn, number: str, code: str) -> TicketView:
        here = turn.conversation_id
        ticket = self._tickets.last_of(here) if code == OWN else self._tickets.granted(code, here)
        if ticket is None or ticket.number != number:
            raise TicketNotFound(self._tickets.catalogue.words("not_found"))
        match turn.slot("follow_purpose"):
            case "urge":
                return self._tickets.urge(ticket.number, idempotency_key=turn.message_id)
            case "withdraw":
                return self._tickets.withdraw(ticket.number, idempotency_key=turn.message_id)
            case "supplement":
                note = turn.slot("follow_note")
                return self._tickets.add_note(ticket.number, note, idempotency_key=turn.message_id)
            case _:
                return ticket


def _trace(reason: str) -> Trace:
    return Trace(decision="action", reason=reason)
