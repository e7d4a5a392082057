"""Whether a ticket may be shown: it is of this conversation, or its number and query code were typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from actions.follow_own import OwnTickets, taken
from actions.replies import Reply
from actions.tickets.errors import TicketLocked, TicketNotFound
from actions.tickets.service import TicketService
from actions.tickets.views import TicketView
from actions.turns import Turn

WRONG_CODES_BEFORE_GIVING_UP = 3
# So many typed numbers are remembered, for a code that follows alone.
NUMBERS_KEPT = 2


class TicketProof:
    """Checks numbers and codes; a ticket of this conversation is known by either alone."""

    def __init__(self, tickets: TicketService, own: OwnTickets) -> None:
        self._tickets = tickets
        self._own = own

    def check(self, turn: Turn, reply: Reply, number: str, code: str, before: Mapping[str, Any]) -> Reply:
        """Try number and code as soon as both are there, before anything more is asked; own tickets need only one."""
        here = turn.conversation_id
        earlier = str(before.get("follow_number") or "")
        own = self._own.numbered(number, here) if number else None
        if not number and not earlier:
            own = self._tickets.own_with(code, here)
        if own:
            reply.slots |= taken(own)
            return reply
        number = number or earlier
        code = code or self._tickets.access.kept(str(before.get("follow_code") or ""))
        said = list(turn.slots.get("follow_said") or ())
        reply.slots |= {"follow_number": number or None, "follow_code": None}
        if number:
            reply.slots["follow_said"] = [number, *(one for one in said if one != number)][:NUMBERS_KEPT]
        if not code:
            return reply
        try:
            ticket = self._first_open([number] if number else said, code, here)
        except TicketLocked as error:
            return closed("refused").say("utter_ticket_problem", problem=str(error))
        if ticket:
            grant = self._tickets.access.grant(here, ticket.number)
            reply.slots |= {"follow_number": ticket.number, "follow_code": grant}
        elif number or (said and before.get("follow_wrong")):
            return self._wrong(turn, reply, int(before.get("follow_wrong") or 0) + 1)
        else:
            reply.slots["follow_code"] = self._tickets.access.keep(code)
        return reply

    def _first_open(self, numbers: Sequence[str], code: str, conversation_id: str) -> TicketView | None:
        """The first of the tickets that the code opens; each try counts as one, so nobody guesses more often than else."""
        for number in numbers:
            try:
                return self._tickets.lookup(number, code, conversation_id=conversation_id)
            except TicketNotFound:
                continue
        return None

    def _wrong(self, turn: Turn, reply: Reply, wrong: int) -> Reply:
        """Number and code do not fit: what can be done now, and after several times the end."""
        reply.slots |= {"follow_number": None, "follow_wrong": wrong}
        if wrong >= WRONG_CODES_BEFORE_GIVING_UP:
            return closed("unproven")
        problem = self._tickets.catalogue.words("not_found")
        if own := self._tickets.of(turn.conversation_id):
            purpose = str(reply.slots.get("follow_purpose") or turn.slot("follow_purpose"))
            return reply.say("utter_follow_not_found_own", self._own.buttons(own, purpose), problem=problem)
        return reply.say("utter_follow_not_found", problem=problem)


def closed(outcome: str) -> Reply:
    """The form ends; ``outcome`` says what is told then."""
    return Reply(None, slots={"follow_outcome": outcome}, close_form=True)
