"""Everything that can be done with tickets, for citizens and for staff. Knows neither Rasa nor HTTP."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias

from actions.tickets.catalogue import CITIZEN, TicketCatalogue, load_catalogue
from actions.tickets.changes import Deed, TicketChanges
from actions.tickets.drafts import TicketDraft
from actions.tickets.errors import IllegalTransition
from actions.tickets.filing import TicketFiling, idempotency_digest
from actions.tickets.legal_clock import LegalClock
from actions.tickets.lookup import TicketLookup
from actions.tickets.models import Ticket
from actions.tickets.outbox import CitizenNotifier, NoticeOutbox
from actions.tickets.query_codes import QueryCodes
from actions.tickets.register import TicketRegister
from actions.tickets.routing import DepartmentSuggester, closed_examples
from actions.tickets.state_machine import StateMachine, Transition
from actions.tickets.views import Contact, FiledTicket, TicketDetail, TicketView, ViewMaker
from bot.database import SessionFactory, utcnow
from bot.security.encryption import FieldCipher
from nlu.routing.examples import Example

__all__ = ["CitizenNotifier", "TicketService"]

# ``TicketService.list`` hides the built-in name inside the class.
TicketViews: TypeAlias = list[TicketView]
Transitions: TypeAlias = list[Transition]
Examples: TypeAlias = list[Example]


def _unmasked(text: str) -> str:
    return text


class TicketService:
    """The one door to tickets; every method is one transaction.

    ``code_key`` (32 bytes) keys the hash of query codes: ``derive_key(secret, "ticket-query-code")``. ``mask`` hides
    personal data in summaries. ``suggester`` says which department new tickets may belong to; without it none is
    suggested. ``now`` returns an aware time.
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
        now: Callable[[], datetime] = utcnow,
    ) -> None:
        self.catalogue = catalogue or load_catalogue()
        clock = clock or LegalClock()
        codes = QueryCodes(cipher, code_key)
        self._machine = StateMachine(self.catalogue)
        self._views = ViewMaker(self.catalogue, mask, now)
        self._filing = TicketFiling(sessions, self.catalogue, clock, cipher, codes, suggester, now)
        self._lookup = TicketLookup(sessions, self.catalogue, codes, now)
        self._changes = TicketChanges(sessions, self.catalogue, self._machine, clock, self._views, now)
        self._register = TicketRegister(sessions, self.catalogue, cipher, now)
        self._outbox = NoticeOutbox(sessions, notifier, now)

    # Citizens

    def file(self, draft: TicketDraft, *, conversation_id: str, idempotency_key: str) -> FiledTicket:
        """File a ticket; the same key of the same conversation again gives the same ticket and code.

        Raises InvalidDraft.
        """
        ticket, code = self._filing.file(draft, conversation_id, idempotency_key)
        return FiledTicket(self._views.for_citizen(ticket), code)

    def lookup(self, number: str, code: str) -> TicketView:
        """The ticket of a number and its query code, as typed; raises TicketNotFound or TicketLocked."""
        return self._views.for_citizen(self._lookup.find(number, code))

    def last_of(self, conversation_id: str) -> TicketView | None:
        """The ticket that a conversation filed last."""
        ticket = self._register.last_of(conversation_id)
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

    def list(
        self,
        *,
        status: str | None = None,
        department: str | None = None,
        query: str = "",
        limit: int = 50,
        offset: int = 0,
    ) -> TicketViews:
        """Tickets sorted by deadline; ``status`` is a status or ``overdue``, ``query`` is sought in number and text."""
        page = self._register.page(status=status, department=department, query=query, limit=limit, offset=offset)
        return [self._views.listed(ticket) for ticket in page]

    def counts(self) -> dict[str, int]:
        """How many tickets each status has, and ``overdue``."""
        return self._register.counts()

    def get(self, number: str) -> TicketDetail:
        """One ticket in full; raises TicketNotFound."""
        return self._views.for_staff(self._register.ticket(number))

    def closed_examples(self, limit: int) -> Examples:
        """What the departments of the newest closed tickets teach: text and function; for ``wenzheng routing train``."""
        return closed_examples(self._register.closed(limit), self.catalogue)

    def reveal_contact(self, number: str, actor: str) -> Contact:
        """The contact in clear; that ``actor`` looked is written to the history."""
        return self._register.reveal_contact(number, actor)

    def allowed(self, number: str) -> Transitions:
        """What staff may do with the ticket now; raises TicketNotFound."""
        ticket = self._register.ticket(number)
        return [
            transition
            for transition in self._machine.from_status(ticket.status)
            if CITIZEN not in transition.roles and self._may_repeat(ticket, transition.action)
        ]

    def change(
        self,
        number: str,
        action: str,
        *,
        actor: str,
        text: str = "",
        department: str = "",
        expected_version: int | None = None,
    ) -> TicketView:
        """Do a staff action and tell the citizen where the catalogue says so.

        Raises TicketNotFound, IllegalTransition, TextRequired, DepartmentRequired or VersionConflict.
        """
        deed = Deed(action, actor, False, text, department, expected_version)
        return self._carry_out(number, deed)

    def deliver_notices(self, limit: int = 100) -> int:
        """Send notices that an earlier process or a failed delivery left; for the worker. Returns how many went out."""
        return self._outbox.deliver(limit)

    def _by_citizen(self, number: str, action: str, idempotency_key: str, text: str = "") -> TicketView:
        key = idempotency_digest(number, action, idempotency_key)
        return self._carry_out(number, Deed(action, CITIZEN, True, text, key=key))

    def _carry_out(self, number: str, deed: Deed) -> TicketView:
        ticket, event_id = self._changes.carry_out(number, deed)
        self._outbox.deliver_event(event_id)
        return self._views.for_citizen(ticket)

    def _may_repeat(self, ticket: Ticket, action: str) -> bool:
        try:
            self._changes.check_frequency(ticket, action)
        except IllegalTransition:
            return False
        return True
