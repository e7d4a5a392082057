"""Everything that can be done with tickets, for citizens and for staff. Knows neither Rasa nor HTTP."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from actions.tickets.access import TicketAccess
from actions.tickets.catalogue import CITIZEN, TicketCatalogue, load_catalogue
from actions.tickets.changes import Deed, TicketChanges
from actions.tickets.drafts import TicketDraft
from actions.tickets.filing import TicketFiling, idempotency_digest
from actions.tickets.legal_clock import LegalClock
from actions.tickets.lookup import Caller, TicketLookup, WrongCode, log_wrong_code
from actions.tickets.outbox import CitizenNotifier, NoticeOutbox
from actions.tickets.query_codes import QueryCodes
from actions.tickets.register import TicketRegister
from actions.tickets.routing import DepartmentSuggester, closed_examples
from actions.tickets.scope import EVERY_TICKET, TicketScope
from actions.tickets.staff import StaffTickets
from actions.tickets.state_machine import StateMachine
from actions.tickets.unfinished import UnfinishedTickets
from actions.tickets.views import FiledTicket, TicketView, ViewMaker
from bot.database import SessionFactory, utcnow
from bot.security.encryption import FieldCipher
from nlu.routing.examples import Example

__all__ = ["CitizenNotifier", "TicketService"]


def _unmasked(text: str) -> str:
    return text


class TicketService:
    """The one door to tickets; every method is one transaction.

    ``code_key`` (32 bytes) keys the hash of query codes: ``derive_key(secret, "ticket-query-code")``. ``mask`` hides
    personal data in summaries. ``suggester`` says which department new tickets may belong to; without it none is
    suggested. Drafts of open forms are kept for ``draft_days``. ``origin_of`` gives the digest of the network address that
    opened a conversation, ``on_wrong_code`` is told of wrong query codes. ``now`` returns an aware time.
    """

    def __init__(
        self,
        sessions: SessionFactory,
        cipher: FieldCipher,
        notifier: CitizenNotifier,
        catalogue: TicketCatalogue | None = None,
        clock: LegalClock | None = None,
        *,
        code_key: bytes,
        mask: Callable[[str], str] = _unmasked,
        suggester: DepartmentSuggester | None = None,
        draft_days: int = 7,
        origin_of: Callable[[str], str] = lambda conversation_id: "",
        on_wrong_code: Callable[[WrongCode], None] = log_wrong_code,
        now: Callable[[], datetime] = utcnow,
    ) -> None:
        self.catalogue = catalogue or load_catalogue()
        clock = clock or LegalClock()
        codes = QueryCodes(cipher, code_key)
        self._machine = StateMachine(self.catalogue)
        self._views = ViewMaker(self.catalogue, mask, now)
        self._filing = TicketFiling(sessions, self.catalogue, clock, cipher, codes, suggester, now)
        self._lookup = TicketLookup(sessions, self.catalogue, codes, now, on_wrong_code)
        self._origin_of = origin_of
        self.access = TicketAccess(cipher)
        self.unfinished = UnfinishedTickets(sessions, cipher, now, draft_days)
        self._changes = TicketChanges(sessions, self.catalogue, self._machine, clock, self._views, now)
        self._register = TicketRegister(sessions, self.catalogue, cipher, now)
        self._outbox = NoticeOutbox(sessions, notifier, now)

    # Citizens

    def file(self, draft: TicketDraft, *, conversation_id: str, idempotency_key: str) -> FiledTicket:
        """File a ticket; the same key of the same conversation again gives the same ticket and code.

        Raises InvalidDraft.
        """
        ticket, code = self._filing.file(draft, conversation_id, idempotency_key)
        return FiledTicket(self._views.for_citizen(ticket), code, ticket.code_cipher)

    def filed_with(self, conversation_id: str, idempotency_key: str) -> TicketView | None:
        """The ticket that was filed with this key, if one was."""
        ticket = self._filing.filed(conversation_id, idempotency_key)
        return self._views.for_citizen(ticket) if ticket else None

    def lookup(self, number: str, code: str, *, conversation_id: str) -> TicketView:
        """The ticket of a number and its query code, as typed in this conversation.

        Raises TicketNotFound, or TicketLocked where too many wrong codes came from there.
        """
        caller = Caller(conversation_id, self._origin_of(conversation_id))
        return self._views.for_citizen(self._lookup.find(number, code, caller))

    def granted(self, grant: str, conversation_id: str) -> TicketView | None:
        """The ticket for whose code this conversation was given the grant (:meth:`TicketAccess.grant`)."""
        number = self.access.granted(grant, conversation_id)
        ticket = self._register.by_number(number) if number else None
        return self._views.for_citizen(ticket) if ticket else None

    def last_of(self, conversation_id: str) -> TicketView | None:
        """The ticket that a conversation filed last."""
        ticket = self._register.last_of(conversation_id)
        return self._views.for_citizen(ticket) if ticket else None

    def of(self, conversation_id: str) -> list[TicketView]:
        """The tickets that a conversation filed, newest first: to it they are shown without a code."""
        return [self._views.for_citizen(ticket) for ticket in self._lookup.of(conversation_id)]

    def own_with(self, code: str, conversation_id: str) -> TicketView | None:
        """The ticket of this conversation that has this query code."""
        ticket = self._lookup.own_with(code, conversation_id)
        return self._views.for_citizen(ticket) if ticket else None

    def add_note(self, number: str, text: str, *, idempotency_key: str) -> TicketView:
        """Add what the citizen forgot to say; the caller has made sure that it is their ticket, here and below."""
        return self._by_citizen(number, "note", idempotency_key, text)

    def urge(self, number: str, *, idempotency_key: str) -> TicketView:
        """Ask for it to be handled sooner; raises TooSoon when that was just done."""
        return self._by_citizen(number, "urge", idempotency_key)

    def withdraw(self, number: str, *, idempotency_key: str) -> TicketView:
        """Take the request back; raises IllegalTransition once it is answered or closed."""
        return self._by_citizen(number, "withdraw", idempotency_key)

    # Staff

    def for_staff(self, scope: TicketScope) -> StaffTickets:
        """The door for a member of staff who sees the tickets of ``scope``."""
        return StaffTickets(scope, self._register, self._changes, self._machine, self._views, self._outbox)

    def closed_examples(self, limit: int) -> list[Example]:
        """What the departments of the newest closed tickets teach: text and function; for ``wenzheng routing train``."""
        return closed_examples(self._register.closed(limit), self.catalogue)

    def deliver_notices(self, limit: int = 100) -> int:
        """Send notices that an earlier process or a failed delivery left; for the worker. Returns how many went out."""
        return self._outbox.deliver(limit)

    def _by_citizen(self, number: str, action: str, idempotency_key: str, text: str = "") -> TicketView:
        key = idempotency_digest(number, action, idempotency_key)
        return self._carry_out(number, Deed(action, CITIZEN, True, text, key=key))

    def _carry_out(self, number: str, deed: Deed) -> TicketView:
        # The citizen has shown that the ticket is theirs, see ``add_note``: no department stands in the way.
        ticket, event_id = self._changes.carry_out(number, deed, EVERY_TICKET)
        self._outbox.deliver_event(event_id)
        return self._views.for_citizen(ticket)
