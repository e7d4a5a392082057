"""Following a ticket in a conversation: status, urging, withdrawing, adding. One step of the form, and its end."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from actions.fallback import HELPED
from actions.interruptions import Interruptions
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
from nlu.text import content_only, normalise

WORDS_FILE = Path(__file__).parent / "follow_form.yml"
MISSES_BEFORE_GIVING_UP = 2
MIN_NOTE = 4
# A ticket filed in this very conversation needs no code; six typed digits can never look like this.
OWN = "own"
REQUIRED_SLOTS = ("follow_number", "follow_code", "follow_note", "follow_confirm")
FORM_SLOTS = (*REQUIRED_SLOTS, "follow_purpose", "follow_outcome", "follow_misses")


@dataclass(frozen=True)
class Purpose:
    """What is to be done with the ticket, and whether that takes words or a confirmation."""

    name: str
    note: bool
    confirm: bool


@dataclass(frozen=True)
class FollowWords:
    """Everything of ``follow_form.yml``."""

    purposes: Mapping[str, Purpose]
    number: re.Pattern[str]
    code: re.Pattern[str]
    lost: re.Pattern[str]
    note_lead: re.Pattern[str]

    def number_and_code(self, text: str) -> tuple[str, str]:
        """Ticket number and query code found in a text, empty where missing."""
        plain = normalise(text)
        number = self.number.search(plain)
        rest = plain.replace(number.group(), " ") if number else plain
        code = self.code.search(rest)
        return (number.group().upper() if number else "", code.group() if code else "")


@lru_cache(maxsize=1)
def load_follow_words(path: Path = WORDS_FILE) -> FollowWords:
    """The words; raises ``re.error`` or ``KeyError`` where the file is wrong."""
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    return FollowWords(
        purposes={intent: Purpose(**purpose) for intent, purpose in data["purposes"].items()},
        number=re.compile(data["number"]),
        code=re.compile(data["code"]),
        lost=re.compile(data["lost"]),
        note_lead=re.compile(data["note_lead"]),
    )


class FollowForm:
    """Reads each message of an open form; its state lives in slots ``follow_*``, None where it is still to be asked."""

    def __init__(self, tickets: TicketService, interruptions: Interruptions) -> None:
        self._tickets = tickets
        self._interruptions = interruptions
        self._words = load_follow_words()
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
        if asked in {"number", "code"}:
            return self._identifying(turn, asked)
        return self._confirming(turn) if asked == "confirm" else self._noting(turn)

    def finish(self, turn: Turn) -> Reply:
        """Do what was asked for and show the ticket; refusals are said in the service's own words."""
        slots = dict.fromkeys(FORM_SLOTS)
        outcome = turn.slot("follow_outcome")
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
        reply.slots = slots | HELPED
        if code != OWN:
            reply.slots |= {"known_number": ticket.number, "known_code": code}
        if purpose != "check":
            reply.say(f"utter_follow_{purpose}_done")
        return reply.show(ticket_card(ticket))

    def _opened(self, turn: Turn) -> Reply:
        purpose = self._words.purposes.get(turn.intent) or self._words.purposes["check_ticket"]
        number, code = self._words.number_and_code(turn.words)
        note = self._words.note_lead.sub("", turn.said)
        slots: dict[str, Any] = {
            **dict.fromkeys(FORM_SLOTS),
            **HELPED,
            "follow_purpose": purpose.name,
            "follow_number": number or None,
            "follow_code": code or None,
            "follow_note": (note if len(content_only(note)) >= MIN_NOTE else None) if purpose.note else "",
            "follow_confirm": None if purpose.confirm else "yes",
        }
        if not number and not code:
            slots |= self._known(turn)
        return self._checked(Reply(_trace(f"following a ticket: {purpose.name}"), slots=slots))

    def _known(self, turn: Turn) -> dict[str, str]:
        if turn.slot("known_number"):
            return {"follow_number": turn.slot("known_number"), "follow_code": turn.slot("known_code")}
        last = self._tickets.last_of(turn.conversation_id)
        return {"follow_number": last.number, "follow_code": OWN} if last else {}

    def _identifying(self, turn: Turn, asked: str) -> Reply:
        number, code = self._words.number_and_code(turn.said)
        if number or code:
            slots = {
                "follow_number": number or turn.slot("follow_number") or None,
                "follow_code": code or turn.slot("follow_code") or None,
            }
            return self._checked(Reply(_trace("ticket number or query code given"), slots=slots), turn)
        if not turn.pressed and self._words.lost.search(turn.said):
            return self._closed("lost")
        aside = self._interruptions.reply(turn, plausible=any(char.isdigit() for char in turn.said))
        if aside:
            return aside.say("utter_follow_back")
        misses = int(turn.slots.get("follow_misses") or 0) + 1
        if misses >= MISSES_BEFORE_GIVING_UP:
            return self._closed("lost")
        return Reply(_trace(f"no {asked} recognised"), slots={"follow_misses": misses}).say(f"utter_follow_bad_{asked}")

    def _checked(self, reply: Reply, turn: Turn | None = None) -> Reply:
        """Try number and code as soon as both are there, before anything more is asked."""
        number, code = reply.slots.get("follow_number"), reply.slots.get("follow_code")
        if not number or not code or code == OWN:
            return reply
        try:
            ticket = self._tickets.lookup(number, code)
        except TicketNotFound as error:
            misses = int((turn.slots.get("follow_misses") if turn else 0) or 0) + 1
            reply.slots |= {"follow_number": None, "follow_code": None, "follow_misses": misses}
            return reply.say("utter_ticket_problem", problem=str(error))
        except TicketLocked as error:
            closed = self._closed("refused")
            return closed.say("utter_ticket_problem", problem=str(error))
        reply.slots["follow_number"] = ticket.number
        return reply

    def _noting(self, turn: Turn) -> Reply:
        if turn.pressed or is_noise(turn.said):
            return Reply(_trace("no note given"), slots={"follow_note": None}).say("utter_ticket_not_understood")
        return Reply(None, slots={"follow_note": turn.said})

    def _confirming(self, turn: Turn) -> Reply:
        if self._common.says("agrees", turn.said) or (turn.pressed and turn.intent == "affirm"):
            return Reply(None, slots={"follow_confirm": "yes"})
        if self._common.says("refuses", turn.said) or (turn.pressed and turn.intent == "deny"):
            return self._closed("kept")
        aside = self._interruptions.reply(turn, plausible=False)
        if aside:
            return aside.say("utter_follow_back")
        return Reply(_trace("neither yes nor no"), slots={"follow_confirm": None}).say("utter_ticket_not_understood")

    def _closed(self, outcome: str) -> Reply:
        return Reply(None, slots={"follow_outcome": outcome}, close_form=True)

    def _done(self, turn: Turn, number: str, code: str) -> TicketView:
        if code == OWN:
            ticket = self._tickets.last_of(turn.conversation_id)
            if ticket is None or ticket.number != number:
                raise TicketNotFound(self._tickets.catalogue.words("not_found"))
        else:
            ticket = self._tickets.lookup(number, code)
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
