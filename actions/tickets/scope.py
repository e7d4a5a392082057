"""Whose tickets somebody sees. A scope is part of every query for staff: what is outside is not found at all."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, or_, true

from actions.tickets.catalogue import TicketCatalogue
from actions.tickets.models import Ticket
from bot.security.roles import Principal

READ, ALL, UNASSIGNED = "tickets.read", "tickets.all", "tickets.unassigned"


@dataclass(frozen=True)
class TicketScope:
    """Every ticket, or those of one department, those that no department has yet, or both; empty: none at all."""

    every: bool = False
    department: str = ""
    unassigned: bool = False

    @property
    def empty(self) -> bool:
        """Whether no ticket can ever be seen."""
        return not (self.every or self.department or self.unassigned)

    def condition(self) -> ColumnElement[bool]:
        """What a ticket must fulfil to be seen."""
        if self.every:
            return true()
        seen = []
        if self.department:
            seen.append(Ticket.department == self.department)
        if self.unassigned:
            seen.append(Ticket.department == "")
        # Nothing allowed is a condition that no row fulfils, never a condition left out.
        return or_(*seen) if seen else Ticket.id.is_(None)


EVERY_TICKET = TicketScope(every=True)
NO_TICKET = TicketScope()


def scope_of(principal: Principal, catalogue: TicketCatalogue) -> TicketScope:
    """What this person's permissions name, no more: a department that the catalogue does not know opens nothing.

    An account that still owes a new password or a second factor sees nothing.
    """
    if principal.owes or not principal.may(READ):
        return NO_TICKET
    if principal.may(ALL):
        return EVERY_TICKET
    department = principal.department if principal.department in catalogue.departments else ""
    return TicketScope(department=department, unassigned=principal.may(UNASSIGNED))
