"""Tickets as staff find and change them: everything within one scope, see :class:`actions.tickets.scope.TicketScope`."""

from __future__ import annotations

from typing import TypeAlias

from actions.tickets.catalogue import CITIZEN
from actions.tickets.changes import Deed, TicketChanges
from actions.tickets.errors import IllegalTransition
from actions.tickets.models import Ticket
from actions.tickets.outbox import NoticeOutbox
from actions.tickets.register import TicketRegister
from actions.tickets.scope import TicketScope
from actions.tickets.state_machine import StateMachine, Transition
from actions.tickets.views import Contact, TicketDetail, TicketView, ViewMaker

# ``StaffTickets.list`` hides the built-in name inside the class.
TicketViews: TypeAlias = list[TicketView]
Transitions: TypeAlias = list[Transition]


class StaffTickets:
    """The door for staff; a ticket outside ``scope`` is to every method like one that does not exist."""

    def __init__(
        self,
        scope: TicketScope,
        register: TicketRegister,
        changes: TicketChanges,
        machine: StateMachine,
        views: ViewMaker,
        outbox: NoticeOutbox,
    ) -> None:
        self.scope = scope
        self._register = register
        self._changes = changes
        self._machine = machine
        self._views = views
        self._outbox = outbox

    def list(self, *, status: str | None = None, query: str = "", limit: int = 50, offset: int = 0) -> TicketViews:
        """Tickets sorted by deadline; ``status`` is a status or ``overdue``, ``query`` is sought in number and text."""
        page = self._register.page(self.scope, status=status, query=query, limit=limit, offset=offset)
        return [self._views.listed(ticket) for ticket in page]

    def counts(self) -> dict[str, int]:
        """How many tickets each status has, and ``overdue``."""
        return self._register.counts(self.scope)

    def get(self, number: str) -> TicketDetail:
        """One ticket in full; raises TicketNotFound."""
        return self._views.for_staff(self._register.ticket(number, self.scope))

    def reveal_contact(self, number: str, actor: str) -> Contact:
        """The contact in clear; that ``actor`` looked is written to the history. Raises TicketNotFound."""
        return self._register.reveal_contact(number, actor, self.scope)

    def reveal_story(self, number: str, actor: str) -> str:
        """What happened, with the personal data in it; that ``actor`` looked is written to the history. Raises
        TicketNotFound.
        """
        return self._register.reveal_story(number, actor, self.scope)

    def allowed(self, number: str) -> Transitions:
        """What staff may do with the ticket now; raises TicketNotFound."""
        ticket = self._register.ticket(number, self.scope)
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
        ticket, event_id = self._changes.carry_out(number, deed, self.scope)
        self._outbox.deliver_event(event_id)
        return self._views.for_citizen(ticket)

    def _may_repeat(self, ticket: Ticket, action: str) -> bool:
        try:
            self._changes.check_frequency(ticket, action)
        except IllegalTransition:
            return False
        return True
