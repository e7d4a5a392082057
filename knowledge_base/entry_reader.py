"""Reading the entries as staff see them, in whatever status: lists, one entry, its history, what ends soon."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Text, cast, func, or_, select
from sqlalchemy.orm import Session

from bot.database import SessionFactory
from knowledge_base import revisions
from knowledge_base.lifecycle import EntryNotFound, EntryStatus
from knowledge_base.models import Entry, EntryRevision
from knowledge_base.revisions import FieldDiff
from knowledge_base.validity import today


@dataclass(frozen=True)
class EntryPage:
    """A slice of the entries and how many there are in all."""

    entries: list[Entry]
    total: int


class EntryReader:
    """``clock`` gives the day."""

    def __init__(self, sessions: SessionFactory, clock: Callable[[], date] = today) -> None:
        self._sessions = sessions
        self._clock = clock

    def list_entries(
        self,
        *,
        query: str = "",
        status: str = "",
        topic: str = "",
        limit: int = 50,
        offset: int = 0,
        after: str | None = None,
    ) -> EntryPage:
        """Entries whose title, question, answer or phrasings contain ``query``; newest change first.

        A published entry is also listed under the status of its waiting change. With ``after`` the list is by id and
        begins behind that one: who reads it page by page misses nothing that changes meanwhile.
        """
        statement = select(Entry)
        if status:
            statement = statement.where(or_(Entry.status == status, Entry.draft_status == status))
        if topic:
            statement = statement.where(Entry.topic == topic)
        if query:
            kept_as_json = (cast(column, Text) for column in (Entry.similar, Entry.aliases, Entry.draft))
            columns = (Entry.title, Entry.question, Entry.answer, Entry.id, *kept_as_json)
            statement = statement.where(or_(*(column.contains(query, autoescape=True) for column in columns)))
        with self._sessions() as session:
            total = session.scalar(select(func.count()).select_from(statement.subquery())) or 0
            if after is None:
                ordered = statement.order_by(Entry.updated_at.desc(), Entry.id)
            else:
                ordered = statement.where(Entry.id > after).order_by(Entry.id)
            ordered = ordered.limit(limit).offset(offset)
            return EntryPage(list(session.scalars(ordered)), total)

    def get(self, entry_id: str) -> Entry:
        """One entry in whatever status; raises EntryNotFound."""
        with self._sessions() as session:
            return self._row(session, entry_id)

    def expiring(self, *, within_days: int = 30, owner: str = "") -> list[Entry]:
        """Published entries that end within so many days, the next first; of one owner, or of all."""
        today_ = self._clock()
        statement = select(Entry).where(
            Entry.status == EntryStatus.PUBLISHED,
            Entry.expires > today_,
            Entry.expires <= today_ + timedelta(days=within_days),
        )
        if owner:
            statement = statement.where(Entry.owner == owner)
        with self._sessions() as session:
            return list(session.scalars(statement.order_by(Entry.expires, Entry.id)))

    def history(self, entry_id: str) -> list[EntryRevision]:
        """All revisions of an entry, newest first; raises EntryNotFound."""
        with self._sessions() as session:
            self._row(session, entry_id)
            return revisions.history(session, entry_id)

    def diff(self, entry_id: str, old: int, new: int) -> list[FieldDiff]:
        """The fields that differ between two versions; raises RevisionNotFound."""
        with self._sessions() as session:
            forms = [revisions.form_in(revisions.revision(session, entry_id, one).snapshot) for one in (old, new)]
        return revisions.diff(*forms)

    @staticmethod
    def _row(session: Session, entry_id: str, *, lock: bool = False) -> Entry:
        entry = session.get(Entry, entry_id, with_for_update=lock)
        if entry is None:
            raise EntryNotFound(entry_id)
        return entry
