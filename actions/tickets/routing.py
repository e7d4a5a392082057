"""A first suggestion of the department that handles a ticket; a person confirms it."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from actions.tickets.catalogue import TicketCatalogue
from actions.tickets.models import Ticket
from nlu.routing.examples import Example
from nlu.text_classifier import Classified

logger = logging.getLogger(__name__)


class FunctionModel(Protocol):
    """Tells the function of government; see :class:`nlu.routing.model.RoutingModel`."""

    def route(self, title: str, text: str) -> Classified:
        """The likeliest function's label with its probability, and the words that decided."""


@dataclass(frozen=True)
class Suggestion:
    """What the model holds a ticket for. ``department`` is empty where it is not sure enough: a person assigns.

    ``function`` is an id of nlu/routing/functions.yml; ``probability`` (0–1) is None where nothing was asked.
    """

    department: str = ""
    function: str = ""
    probability: float | None = None
    words: tuple[str, ...] = ()


class DepartmentSuggester:
    """The model finds the function; where several departments answer for it, their keywords choose.

    Below ``threshold`` (0–1) no department is suggested.
    """

    def __init__(self, catalogue: TicketCatalogue, model: FunctionModel, threshold: float) -> None:
        self._catalogue = catalogue
        self._model = model
        self._threshold = threshold
        self._ids = {label: function for function, label in catalogue.functions.items()}

    def suggest(self, what: str, where: str = "") -> Suggestion:
        """``what`` alone decides the function: a place names things that the matter has nothing to do with."""
        try:
            found = self._model.route("", what)
        except Exception:  # whatever is wrong with a model, the citizen's ticket is filed
            logger.exception("no department was suggested")
            return Suggestion()
        function = self._ids.get(found.label, "")
        sure = function and found.probability >= self._threshold
        department = self._department(function, f"{what}\n{where}") if sure else ""
        telling = tuple(word for word in found.words if len(word) > 1)
        return Suggestion(department, function, found.probability, telling or found.words)

    def _department(self, function: str, text: str) -> str:
        """Of the departments that answer for ``function`` the one whose keywords cover most of ``text``, or the default.

        Longer keywords weigh more: 消防通道 says more than 消防. On a tie the catalogue's order decides.
        """
        weights = {
            name: sum(len(word) for word in department.keywords if word in text)
            for name, department in self._catalogue.departments.items()
            if function in department.functions
        }
        best = max(weights, key=lambda name: weights[name])
        return best if weights[best] else self._catalogue.function_departments[function]


def closed_examples(tickets: Iterable[Ticket], catalogue: TicketCatalogue) -> list[Example]:
    """What tickets teach that a department has handled to the end: their text belongs to its first function.

    Tickets of departments that are gone or have no function are left out.
    """
    known = [(ticket.what, catalogue.departments.get(ticket.department)) for ticket in tickets]
    return [
        Example("", what, catalogue.functions[department.functions[0]])
        for what, department in known
        if department is not None and department.functions
    ]
