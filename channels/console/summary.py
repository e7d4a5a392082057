"""Counts for the home page."""

from __future__ import annotations

from dataclasses import dataclass

from actions.tickets.catalogue import TicketCatalogue
from actions.tickets.register import OVERDUE
from actions.tickets.staff import StaffTickets


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
    in_danger: int | None = None


def count_tickets(tickets: StaffTickets, catalogue: TicketCatalogue) -> TicketCounts:
    """Counts of the tickets that somebody sees."""
    counts = tickets.counts()
    return TicketCounts(
        open=sum(counts[name] for name, status in catalogue.statuses.items() if not status.final),
        new=counts[catalogue.initial],
        overdue=counts[OVERDUE],
    )
