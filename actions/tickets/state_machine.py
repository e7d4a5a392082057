"""Which action leads from which status to which. Small, explicit, read from the catalogue and checked before use."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from actions.tickets.catalogue import Action, CatalogueError, Status, TicketCatalogue


@dataclass(frozen=True)
class Transition:
    """One thing that may be done now; all that a console needs to draw its button."""

    action: str
    label: str
    to: str
    to_label: str
    roles: tuple[str, ...]
    text: str
    department_required: bool
    notifies: bool

    @property
    def text_required(self) -> bool:
        """Whether words must be given."""
        return self.text == "required"

    @property
    def text_allowed(self) -> bool:
        """Whether words may be given."""
        return self.text != "none"


class StateMachine:
    """The statuses and moves of a catalogue.

    >>> from actions.tickets.catalogue import load_catalogue
    >>> StateMachine(load_catalogue()).target("filed", "accept")
    'accepted'
    """

    def __init__(self, catalogue: TicketCatalogue) -> None:
        problems = list(find_problems(catalogue.initial, catalogue.statuses, catalogue.actions))
        if problems:
            raise CatalogueError("; ".join(problems))
        self._statuses = catalogue.statuses
        self._actions = catalogue.actions
        self.initial = catalogue.initial

    def target(self, status: str, action: str) -> str | None:
        """Where ``action`` leads from ``status``; None if it may not be done there."""
        known = self._actions.get(action)
        return known.moves.get(status) if known else None

    def is_final(self, status: str) -> bool:
        """Whether nothing may happen to a ticket in this status any more."""
        return self._statuses[status].final

    def from_status(self, status: str) -> list[Transition]:
        """Everything that may be done in ``status``, by anybody, in the order of the catalogue."""
        return [
            self._transition(name, action, action.moves[status])
            for name, action in self._actions.items()
            if status in action.moves
        ]

    def _transition(self, name: str, action: Action, to: str) -> Transition:
        return Transition(
            action=name,
            label=action.label,
            to=to,
            to_label=self._statuses[to].label,
            roles=action.by,
            text=action.text,
            department_required=action.department == "required",
            notifies=action.notify is not None,
        )


def find_problems(initial: str, statuses: Mapping[str, Status], actions: Mapping[str, Action]) -> Iterable[str]:
    """What is wrong with a set of moves: unknown, unreachable or dead-end statuses, final ones with a way out."""
    if initial not in statuses:
        yield f"initial status {initial} is unknown"
        return
    moves = [(name, start, end) for name, action in actions.items() for start, end in action.moves.items()]
    unknown = [f"actions.{name}: status {s} is unknown" for name, *ends in moves for s in ends if s not in statuses]
    if unknown:
        yield from unknown
        return
    onward: dict[str, set[str]] = {status: set() for status in statuses}
    for name, start, end in moves:
        onward[start].add(end)
        if statuses[start].final:
            yield f"actions.{name}: {start} is final, nothing may leave it"
    reached = _reachable(initial, onward)
    yield from (f"statuses.{status} can never be reached" for status in statuses if status not in reached)
    for status, known in statuses.items():
        if not known.final and not any(statuses[end].final for end in _reachable(status, onward)):
            yield f"statuses.{status} has no way to a final status"


def _reachable(start: str, onward: Mapping[str, set[str]]) -> set[str]:
    reached, frontier = {start}, [start]
    while frontier:
        fresh = onward[frontier.pop()] - reached
        reached |= fresh
        frontier.extend(fresh)
    return reached
