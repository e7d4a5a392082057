"""Bodies of how entries are used."""

from __future__ import annotations

from datetime import date

from channels.knowledge_api.bodies.base import Read


class CountsBody(Read):
    """How often in the last ``days`` days an entry was found, shown, and rated 👍 or 👎."""

    days: int
    hits: int
    shown: int
    up: int
    down: int


class UseBody(Read):
    """How one entry is used; ``last_shown``: null for never."""

    entry_id: str
    counts: list[CountsBody]
    last_shown: date | None


class UseLineBody(Read):
    """One entry in a list."""

    entry_id: str
    title: str
    topic: str
    counts: CountsBody
    last_shown: date | None


class UseListsBody(Read):
    """Published entries that nobody gets, that are rated badly, that are used most; ``since``: the first day counted."""

    unused: list[UseLineBody]
    badly_rated: list[UseLineBody]
    most_used: list[UseLineBody]
    since: date | None
