"""What one turn leads to: messages in order, slots to set, and the trace. Handlers give it to Rasa, tests read it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from actions.messages import AnswerPart, Button, ServicesPart, TextPart, TicketPart, Trace

ShownPart = AnswerPart | ServicesPart | TicketPart | TextPart


@dataclass(frozen=True)
class Say:
    """Fixed words: a response of ``bot/dialogue/responses`` with its parameters, and choices made at run time."""

    response: str
    params: Mapping[str, str] = field(default_factory=dict)
    buttons: Sequence[Button] = ()


@dataclass(frozen=True)
class Show:
    """A card."""

    part: ShownPart


@dataclass
class Reply:
    """The outcome of one turn. ``trace`` is None where another action of the same turn gives it.

    ``next_action``: what Rasa does right after, a form among others.
    """

    trace: Trace | None
    messages: list[Say | Show] = field(default_factory=list)
    slots: dict[str, Any] = field(default_factory=dict)
    close_form: bool = False
    next_action: str = ""

    def say(self, response: str, buttons: Sequence[Button] = (), **params: str) -> Reply:
        """Add fixed words."""
        self.messages.append(Say(response, params, buttons))
        return self

    def show(self, part: ShownPart) -> Reply:
        """Add a card."""
        self.messages.append(Show(part))
        return self
