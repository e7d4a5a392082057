"""A ticket as a card for its citizen."""

from __future__ import annotations

from actions.messages import TicketEventLine, TicketPart
from actions.tickets.views import TicketView


def ticket_card(ticket: TicketView, *, sealed_code: str = "", text: str = "") -> TicketPart:
    """The card of ``ticket``; ``sealed_code`` only when it was just filed, ``text`` instead of the status's own words."""
    return TicketPart(
        number=ticket.number,
        sealed_code=sealed_code,
        kind_label=ticket.kind_label,
        status=ticket.status,
        status_label=ticket.status_label,
        summary=ticket.summary,
        department=ticket.department_label,
        due=ticket.due_at,
        due_label=ticket.due_label,
        text=text or ticket.status_text,
        history=[TicketEventLine(at=line.at, text=line.citizen_text) for line in ticket.history if line.visible],
    )
