"""A first suggestion of the department that handles a ticket; a person confirms it."""

from __future__ import annotations

from actions.tickets.catalogue import TicketCatalogue


def suggest_department(catalogue: TicketCatalogue, text: str) -> str:
    """The department whose keywords cover most of ``text``, or the default department.

    Longer keywords weigh more: 工厂噪声 says more than 噪声. On a tie the catalogue's order decides.
    """
    weights = {
        name: sum(len(word) for word in department.keywords if word in text)
        for name, department in catalogue.departments.items()
    }
    best = max(weights, key=lambda name: weights[name])
    return best if weights[best] else catalogue.default_department
