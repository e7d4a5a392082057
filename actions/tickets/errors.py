"""What can go wrong with a ticket. ``str(error)`` is Chinese for the person in front of the screen."""

from __future__ import annotations


class TicketError(Exception):
    """Base of all refusals; nothing was changed."""


class InvalidDraft(TicketError):
    """What was to be filed is empty, too long or of an unknown kind; ``field`` names the draft's field."""

    def __init__(self, message: str, *, field: str) -> None:
        super().__init__(message)
        self.field = field


class TicketNotFound(TicketError):
    """No such ticket, or the query code is not its own: the two look alike on purpose."""


class TicketLocked(TicketError):
    """Too many wrong query codes by this caller; ``minutes`` until they may try again."""

    def __init__(self, message: str, *, minutes: int) -> None:
        super().__init__(message)
        self.minutes = minutes


class IllegalTransition(TicketError):
    """The ticket's status, or how often it was done already, does not allow this action."""


class TooSoon(IllegalTransition):
    """The action may be repeated, but not yet; ``hours`` until it may."""

    def __init__(self, message: str, *, hours: int) -> None:
        super().__init__(message)
        self.hours = hours


class TextRequired(TicketError):
    """The action needs words, and none were given or too many."""


class DepartmentRequired(TicketError):
    """The action needs a department that exists."""


class VersionConflict(TicketError):
    """Somebody else changed the ticket since it was read."""
