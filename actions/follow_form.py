"""Following a ticket in a conversation: status, urging, withdrawing, adding. One step of the form, and its end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from actions.fallback import HELPED
from actions.follow_own import OWN, OwnTickets, taken
from actions.follow_proof import TicketProof, closed
from actions.follow_words import FollowWords, Purpose, load_follow_words
from actions.interruptions import CONFIDENT, Interruptions
from actions.messages import Trace
from actions.number_check import with_number_hint
from actions.questions import is_noise
from actions.replies import Reply
from actions.ticket_words import load_ticket_words
from actions.tickets.cards import ticket_card
from actions.tickets.errors import TicketError, TicketNotFound
from actions.tickets.service import TicketService
from actions.tickets.views import TicketView
from actions.turns import Turn
from nlu.text import content_only

MISSES_BEFORE_GIVING_UP = 2
MIN_NOTE = 4
# The question which of this conversation's tickets is meant.
CHOICE = "follow_choice"
FILING = "file_ticket"
REQUIRED_SLOTS = ("follow_number", "follow_code", "follow_note", "follow_confirm")
FORM_SLOTS = (*REQUIRED_SLOTS, "follow_purpose", "follow_outcome", "follow_misses", "follow_wrong", CHOICE)


class FollowForm:
    """Reads each message of an open form; its state lives in slots ``follow_*``, None where it is still to be asked.

    ``follow_code`` never holds a code: a typed one that waits for its number is sealed, and once both were right a grant
    takes its place (:mod:`actions.tickets.access`).
    """

    def __init__(self, tickets: TicketService, interruptions: Interruptions) -> None:
        self._tickets = tickets
        self._interruptions = interruptions
        self._words: FollowWords = load_follow_words()
        self._own = OwnTickets(tickets, self._words)
        self._proof = TicketProof(tickets, self._own)
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
            return closed("stopped")
        if asked == "choice" and (chosen := self._chosen(turn)):
            return chosen
        if leaves := self._another_wish(turn, asked):
            return leaves
        if asked in {"number", "code", "choice"}:
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
        if turn.pressed and turn.entities.get("draft"):
            number = str(turn.entities["draft"])
        slots: dict[str, Any] = {
            **dict.fromkeys(FORM_SLOTS),
            **HELPED,
            "follow_purpose": purpose.name,
            "follow_note": self._note(turn, purpose),
            "follow_confirm": None if purpose.confirm else "yes",
        }
        reply = Reply(_trace(f"following a ticket: {purpose.name}"), slots=slots)
        if number or code:
            return self._proof.check(turn, reply, number, code, {})
        return self._known(turn, reply)

    def _note(self, turn: Turn, purpose: Purpose) -> str | None:
        """The words to be added, None where they are still to be asked; a ticket's button keeps those said before it."""
        if not purpose.note:
            return ""
        kept = turn.slot("follow_note") if turn.pressed and turn.entities.get("draft") and not turn.form_opens else ""
        note = kept or self._words.note_of(turn.said)
        return note if len(content_only(note)) >= MIN_NOTE else None

    def _purpose(self, turn: Turn) -> Purpose:
        """What is to be done: what was pressed, or the likeliest of what may have been said."""
        if turn.intent in self._words.purposes:
            return self._words.purposes[turn.intent]
        heard = [(share, intent) for intent, share in turn.ranking if intent in self._words.purposes]
        return self._words.purposes[max(heard)[1] if heard else "check_ticket"]

    def _known(self, turn: Turn, reply: Reply) -> Reply:
        """The ticket that is meant without a number; of several of this conversation the citizen chooses."""
        own = self._tickets.of(turn.conversation_id)
        grant = turn.slot("known_code")
        if len(own) > 1 and (meant := self._own.meant(turn.words, own)):
            reply.slots |= taken(meant)
        elif grant and (ticket := self._tickets.granted(grant, turn.conversation_id)):
            reply.slots |= {"follow_number": ticket.number, "follow_code": grant}
        elif len(own) == 1 or (own and turn.pressed and turn.slot("did") == "filed"):
            # A button below the card of a ticket that was just filed is about that one.
            reply.slots |= taken(own[0])
        elif own:
            self._put_up(reply, own, str(reply.slots["follow_purpose"]), "utter_follow_choose")
        return reply

    def _put_up(self, reply: Reply, own: Sequence[TicketView], purpose: str, response: str) -> Reply:
        """Let the citizen choose among the tickets of this conversation; this question is the form's."""
        reply.slots |= {"requested_slot": CHOICE, CHOICE: "shown"}
        return reply.say(response, self._own.buttons(own, purpose))

    def _chosen(self, turn: Turn) -> Reply | None:
        """One of the tickets put up, named in words; None where the message is something else."""
        if turn.pressed or any(self._words.number_and_code(turn.said)):
            return None
        ticket = self._own.chosen(turn.said, self._tickets.of(turn.conversation_id))
        return Reply(_trace("own ticket chosen"), slots=taken(ticket)) if ticket else None

    def _another_wish(self, turn: Turn, asked: str) -> Reply | None:
        """A wish to file something, or to do something else with a ticket, said or pressed while the form asks."""
        sure = turn.pressed or (turn.confidence >= CONFIDENT and asked != "note")
        if not sure or any(self._words.number_and_code(turn.said)):
            return None
        if turn.intent == FILING:
            return closed(FILING)
        purpose = self._words.purposes.get(turn.intent)
        if purpose is None or (purpose.name == turn.slot("follow_purpose") and not turn.pressed):
            return None
        return self._opened(turn)

    def _identifying(self, turn: Turn, asked: str) -> Reply:
        number, code = self._words.number_and_code(turn.said)
        if number or code:
            return self._proof.check(turn, Reply(_trace("ticket number or query code given")), number, code, turn.slots)
        if asked == "choice" and not turn.pressed and self._words.none_of_these.search(turn.said):
            return Reply(_trace("none of the own tickets"), slots={"follow_misses": 1})
        if not turn.pressed and self._words.lost.search(turn.said):
            return self._lost(turn, asked)
        aside = self._interruptions.reply(turn, plausible=any(char.isdigit() for char in turn.said))
        if aside:
            if not turn.slots.get("follow_wrong") and turn.slot(CHOICE) != "again":
                return self._asked_again(turn, aside.say("utter_follow_back"), asked)
            # Number and code were wrong, or no ticket was chosen twice, and now something else is wished: nobody is asked
            # for ever.
            aside.slots["follow_outcome"] = "answered"
            aside.close_form = True
            return aside
        if turn.pressed:
            over = Reply(_trace("button of an earlier step"), slots={}).say("utter_button_over")
            return self._asked_again(turn, over, asked)
        misses = int(turn.slots.get("follow_misses") or 0) + 1
        if misses >= MISSES_BEFORE_GIVING_UP:
            return closed("unchosen" if asked == "choice" else "lost")
        missed = Reply(_trace(f"no {asked} recognised"), slots={"follow_misses": misses})
        return self._asked_again(turn, missed.say(f"utter_follow_bad_{asked}"), asked)

    def _asked_again(self, turn: Turn, reply: Reply, asked: str) -> Reply:
        """Number and code are asked for by the form itself, which of several tickets is not."""
        if asked != "choice":
            return reply
        own = self._tickets.of(turn.conversation_id)
        self._put_up(reply, own, turn.slot("follow_purpose"), "utter_follow_choose")
        reply.slots[CHOICE] = "again"
        return reply

    def _lost(self, turn: Turn, asked: str) -> Reply:
        """Without number or code there are still the tickets of this conversation: put up once, then it ends."""
        own = self._tickets.of(turn.conversation_id)
        if not own or turn.slot(CHOICE):
            return closed("unchosen" if asked == "choice" else "lost")
        reply = Reply(_trace("number or code lost: own tickets"), slots={"follow_number": None, "follow_code": None})
        return self._put_up(reply, own, turn.slot("follow_purpose"), "utter_follow_listed")

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
            return closed("kept")
        aside = self._interruptions.reply(turn, plausible=False)
        if aside:
            return aside.say("utter_follow_back")
        words = "utter_button_over" if turn.pressed else "utter_ticket_not_understood"
        return Reply(_trace("neither yes nor no"), slots={"follow_confirm": None}).say(words)

    def _done(self, turn: Turn, number: str, code: str) -> TicketView:
        here = turn.conversation_id
        ticket = self._own.numbered(number, here) if code == OWN else self._tickets.granted(code, here)
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
