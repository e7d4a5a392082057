"""Counts for the home page."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from actions.tickets.service import TicketService

MAX_COUNTED = 500


@dataclass(frozen=True)
class TicketCounts:
    """Tickets that are not finished, those of them that wait to be accepted, and those past their deadline."""

    open: int
    new: int
    overdue: int


@dataclass(frozen=True)
class Summary:
    """What awaits a person; None where they may not look."""

    unresolved: int | None
    tickets: TicketCounts | None
    drafts: int | None
    in_review: int | None = None
    expiring: int | None = None


def count_tickets(tickets: TicketService, department: str | None) -> TicketCounts:
    """Counts of all tickets, or of the first 500 by deadline of one department."""
    catalogue = tickets.catalogue
    if department is None:
        counts = tickets.counts()
        overdue = counts["overdue"]
    else:
        own = tickets.list(department=department, limit=MAX_COUNTED)
        counts = Counter(ticket.status for ticket in own)
        overdue = sum(ticket.overdue for ticket in own)
    return TicketCounts(
        open=sum(counts.get(name, 0) for name, status in catalogue.statuses.items() if not status.final),
        new=counts.get(catalogue.initial, 0),
        overdue=overdue,
    )
