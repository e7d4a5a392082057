"""How often each entry is found, shown and rated: counted as turns are stored, read by staff."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import yaml
from sqlalchemy import Connection, Table, case, func, select
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.sql.dml import Insert

from actions.messages import Trace
from bot.database import SessionFactory
from channels.conversations.models import EntryUse
from knowledge_base.lifecycle import EntryStatus
from knowledge_base.models import Entry, EntryRevision
from knowledge_base.phrases import PASSAGE
from knowledge_base.validity import TIME_ZONE, today

USE = cast(Table, EntryUse.__table__)
COUNTERS = ("hits", "shown", "up", "down")


@dataclass(frozen=True)
class UseRules:
    """See ``entry_use.yml``: probabilities and shares from 0 to 1, times in days."""

    found_from: float
    windows: tuple[int, ...]
    unused_days: int
    bad_share: float
    bad_minimum: int


@lru_cache(maxsize=1)
def use_rules() -> UseRules:
    """The rules in force."""
    data = yaml.safe_load((Path(__file__).parent / "entry_use.yml").read_text(encoding="utf-8"))
    return UseRules(**data | {"windows": tuple(data["windows"])})


# Counting -----------------------------------------------------------------


def count_turn(connection: Connection, trace: Trace | None, at: datetime) -> None:
    """Count what a turn found and showed, inside the transaction that stores it."""
    if trace is None:
        return
    found = {hit.id for hit in trace.hits if hit.score >= use_rules().found_from}
    shown = {trace.entry_id} if trace.entry_id and trace.decision == "answer" else set()
    if found or shown:
        _add(connection, [_row(one, at, hits=one in found, shown=one in shown) for one in sorted(found | shown)])


def count_feedback(connection: Connection, entry_id: str, at: datetime, before: str, now: str) -> None:
    """A rating came, or was changed from ``before``; counted on the day of its turn, ``at``."""
    if entry_id and before != now:
        up, down = ((now == value) - (before == value) for value in ("up", "down"))
        _add(connection, [_row(entry_id, at, up=up, down=down)])


def _row(entry_id: str, at: datetime, **counted: int) -> dict[str, Any]:
    counts = dict.fromkeys(COUNTERS, 0) | {name: int(value) for name, value in counted.items()}
    return {"entry_id": entry_id, "day": at.astimezone(TIME_ZONE).date(), **counts}


def _add(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Rows must be in the order of their ids: two turns that count the same entries then cannot lock each other out."""
    connection.execute(_upsert(connection.dialect.name), rows)


@lru_cache(maxsize=4)
def _upsert(dialect: str) -> Insert:
    """Insert or add to what is there, in the words of the database."""
    if dialect in ("mysql", "mariadb"):
        ours = mysql.insert(USE)
        return ours.on_duplicate_key_update({name: USE.c[name] + ours.inserted[name] for name in COUNTERS})
    insert = postgresql.insert(USE) if dialect == "postgresql" else sqlite.insert(USE)
    added = {name: USE.c[name] + insert.excluded[name] for name in COUNTERS}
    return insert.on_conflict_do_update(index_elements=[USE.c.entry_id, USE.c.day], set_=added)


# Reading ------------------------------------------------------------------


@dataclass(frozen=True)
class Counts:
    """What was counted in the last ``days`` days."""

    days: int
    hits: int = 0
    shown: int = 0
    up: int = 0
    down: int = 0

    @property
    def rated(self) -> int:
        """How many answers were rated."""
        return self.up + self.down


@dataclass(frozen=True)
class UseOfEntry:
    """The counts of one entry, one for each window, and the last day it was shown; None: never."""

    entry_id: str
    counts: tuple[Counts, ...]
    last_shown: date | None


@dataclass(frozen=True)
class UseLine:
    """One entry in a list: its counts of the longest window."""

    entry_id: str
    title: str
    topic: str
    counts: Counts
    last_shown: date | None


@dataclass(frozen=True)
class UseLists:
    """Entries in force by how they are used; ``since``: the first day that was counted, None before any."""

    unused: tuple[UseLine, ...]
    badly_rated: tuple[UseLine, ...]
    most_used: tuple[UseLine, ...]
    since: date | None


class EntryUseReport:
    """Reads the counters."""

    def __init__(self, sessions: SessionFactory, rules: UseRules | None = None) -> None:
        self._sessions = sessions
        self.rules = rules or use_rules()

    def of_entry(self, entry_id: str) -> UseOfEntry:
        """How one entry is used."""
        counts = []
        with self._sessions() as session:
            for days in self.rules.windows:
                row = session.execute(
                    select(*(func.coalesce(func.sum(USE.c[name]), 0) for name in COUNTERS)).where(
                        USE.c.entry_id == entry_id, USE.c.day > today() - timedelta(days=days)
                    )
                ).one()
                counts.append(Counts(days, *(int(value) for value in row)))
            last = session.scalar(select(func.max(USE.c.day)).where(USE.c.entry_id == entry_id, USE.c.shown > 0))
        return UseOfEntry(entry_id, tuple(counts), last)

    def lists(self, *, limit: int = 100) -> UseLists:
        """Unused, badly rated and most used entries that are published now."""
        rules, lines = self.rules, self._lines()
        old = self._older_than(rules.unused_days)
        last_day = today() - timedelta(days=rules.unused_days)
        unused = [
            line for line in lines if line.entry_id in old and (line.last_shown is None or line.last_shown <= last_day)
        ]
        bad = [
            line
            for line in lines
            if line.counts.rated >= rules.bad_minimum and line.counts.down / line.counts.rated >= rules.bad_share
        ]
        used = [line for line in lines if line.counts.shown]
        with self._sessions() as session:
            since = session.scalar(select(func.min(USE.c.day)))
        return UseLists(
            tuple(sorted(unused, key=lambda line: (line.last_shown or date.min, line.title))[:limit]),
            tuple(sorted(bad, key=lambda line: (-line.counts.down / line.counts.rated, -line.counts.down))[:limit]),
            tuple(sorted(used, key=lambda line: (-line.counts.shown, line.title))[:limit]),
            since,
        )

    def _lines(self) -> Iterable[UseLine]:
        """All published entries with their counts of the longest window."""
        days = max(self.rules.windows)
        recent = USE.c.day > today() - timedelta(days=days)
        sums = [func.sum(case((recent, USE.c[name]), else_=0)).label(name) for name in COUNTERS]
        last = func.max(case((USE.c.shown > 0, USE.c.day))).label("last_shown")
        counted = select(USE.c.entry_id, *sums, last).group_by(USE.c.entry_id).subquery()
        statement = (
            select(Entry.id, Entry.title, Entry.topic, *(counted.c[name] for name in (*COUNTERS, "last_shown")))
            .outerjoin(counted, counted.c.entry_id == Entry.id)
            .where(Entry.status == EntryStatus.PUBLISHED)
        )
        with self._sessions() as session:
            rows = session.execute(statement).all()
        return [
            UseLine(
                row.id, row.title, row.topic, Counts(days, *(int(row[3 + i] or 0) for i in range(4))), row.last_shown
            )
            for row in rows
        ]

    def _older_than(self, days: int) -> set[str]:
        """Entries that have been there for so long. Passages of documents are seldom asked for and kept for completeness."""
        begin = datetime.combine(today() - timedelta(days=days), datetime.min.time(), TIME_ZONE)
        first = (
            select(EntryRevision.entry_id).group_by(EntryRevision.entry_id).having(func.min(EntryRevision.at) <= begin)
        )
        with self._sessions() as session:
            return set(session.scalars(select(Entry.id).where(Entry.kind != PASSAGE, Entry.id.in_(first))))
