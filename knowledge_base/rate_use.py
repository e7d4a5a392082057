"""Which entries name a rate, and what it is and will be: what a curator looks at before a day on which the law changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from bot.database import SessionFactory
from knowledge_base.content_schema import PLACEHOLDER, strings
from knowledge_base.lifecycle import EntryStatus
from knowledge_base.models import Entry
from knowledge_base.rates import SECTION, Rate, Rates

FIELDS = ("answer", "title_en", "summary_en", "facts", "points", "details", "legal_basis")


@dataclass(frozen=True)
class RateView:
    """``now``: what holds today; ``following`` from ``since`` on, if that is known. ``entries``: id and title of those not
    retired whose text, or waiting change, names it.
    """

    key: str
    label: str
    source: str
    now: str
    following: str
    since: date | None
    entries: Sequence[tuple[str, str]]


def rate_views(sessions: SessionFactory, rates: Rates, day: date) -> list[RateView]:
    """All rates, what changes soonest first."""
    with sessions() as session:
        rows = list(session.scalars(select(Entry).where(Entry.status != EntryStatus.RETIRED).order_by(Entry.id)))
        users = _users(rows)
    views = [_view(key, rate, day, users.get(key, ())) for key, rate in rates.items()]
    return sorted(views, key=lambda view: (view.since or date.max, view.label))


def _view(key: str, rate: Rate, day: date, entries: Sequence[tuple[str, str]]) -> RateView:
    following = rate.next(day)
    return RateView(
        key=key,
        label=rate.label,
        source=rate.source,
        now=rate.on(day),
        following=following.value if following else "",
        since=following.since if following else None,
        entries=entries,
    )


def _users(rows: Iterable[Entry]) -> Mapping[str, Sequence[tuple[str, str]]]:
    users: dict[str, list[tuple[str, str]]] = {}
    for row in rows:
        texts: list[Any] = [getattr(row, name) for name in FIELDS]
        for key in named([*texts, row.draft or {}]):
            users.setdefault(key, []).append((row.id, row.title))
    return users


def named(texts: Any) -> set[str]:
    """The keys of all rates that texts name.

    >>> named(["缴满{rate.pension_years}", "到{hall.name}"])
    {'pension_years'}
    """
    found = (match.groups() for text in strings(texts) for match in PLACEHOLDER.finditer(text))
    return {key for section, key in found if section == SECTION}
