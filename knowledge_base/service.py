"""What can be done with the knowledge base: search it, read it, edit, publish and retire its entries."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import Text, cast, func, or_, select
from sqlalchemy.orm import Session

from bot.database import SessionFactory
from knowledge_base.content_schema import ContentError, EntryKind, LegalBasis, ServiceFacts, fill, strings
from knowledge_base.lifecycle import (
    EntryNotFound,
    EntryStatus,
    InvalidEntry,
    VersionConflict,
    check_change,
)
from knowledge_base.models import Entry
from knowledge_base.published import City, PublishedEntries
from knowledge_base.results import PublishedEntry, SearchResult
from knowledge_base.search import Searcher
from nlu.scope import ScopeModel

logger = logging.getLogger(__name__)
TIME_ZONE = ZoneInfo("Asia/Shanghai")
# Below this probability of being government business a question need not be looked at by staff.
SURELY_OUTSIDE = 0.1


def today() -> date:
    """The day it is where the citizens live."""
    return datetime.now(TIME_ZONE).date()


class EntryForm(BaseModel):
    """What a curator writes; the same shapes as in the content files."""

    model_config = ConfigDict(extra="forbid")

    topic: str = Field(min_length=2)
    kind: EntryKind = "entry"
    title: str = Field(min_length=2, max_length=80)
    question: str = Field(min_length=2, max_length=200)
    similar: list[str] = []
    aliases: list[str] = []
    answer: str = Field(min_length=2, max_length=5000)
    facts: ServiceFacts | None = None
    legal_basis: list[LegalBasis] = []
    confirm: list[str] = []
    related: list[str] = []
    effective: date | None = None
    expires: date | None = None

    @classmethod
    def parse(cls, data: dict[str, Any]) -> EntryForm:
        """Check what came from a page or an API; raises InvalidEntry that names the fields in Chinese."""
        try:
            return cls.model_validate(data)
        except ValidationError as error:
            wrong = "、".join(sorted({FIELD_LABELS.get(str(e["loc"][0]), str(e["loc"][0])) for e in error.errors()}))
            raise InvalidEntry(f"请检查这些内容：{wrong}") from error


FIELD_LABELS = {
    "topic": "主题",
    "kind": "类型",
    "title": "标题",
    "question": "标准问",
    "similar": "相似问",
    "aliases": "别名",
    "answer": "答案",
    "facts": "办事要素（条件、材料、步骤、时限、费用、地点、线上入口都要填）",
    "legal_basis": "依据",
    "confirm": "需当地确认的内容",
    "related": "相关条目",
    "effective": "生效日期",
    "expires": "失效日期",
}


@dataclass(frozen=True)
class EntryPage:
    """A slice of the entries and how many there are in all."""

    entries: list[Entry]
    total: int


class KnowledgeService:
    """Search and curation. ``on_change`` tells other processes which entries changed."""

    def __init__(
        self,
        sessions: SessionFactory,
        published: PublishedEntries,
        searcher: Searcher,
        city: City,
        on_change: Callable[[list[str]], None] = lambda ids: None,
        scope: ScopeModel | None = None,
    ) -> None:
        self._sessions = sessions
        self._published = published
        self._searcher = searcher
        self._city = city
        self.on_change = on_change
        self._scope = scope

    # Asking ---------------------------------------------------------------

    def search(self, question: str, *, limit: int = 5, on: date | None = None) -> SearchResult:
        """Entries that answer ``question``, best first, with calibrated probabilities."""
        return self._searcher.search(question, on or today(), limit)

    def surely_outside(self, question: str) -> bool:
        """Whether a question is plainly none of a government's business: music, recipes, other people's numbers."""
        return self._scope is not None and self._scope.probability(question) < SURELY_OUTSIDE

    def entry(self, entry_id: str, *, on: date | None = None) -> PublishedEntry | None:
        """A published entry in force, placeholders filled; None otherwise."""
        return self._published.get(entry_id, on or today())

    def load(self) -> int:
        """Read all published entries into memory; returns how many there are."""
        with self._sessions() as session:
            rows = list(session.scalars(select(Entry).where(Entry.status == EntryStatus.PUBLISHED)))
        self._published.refresh([row.id for row in rows], rows)
        return len(rows)

    def refresh(self, entry_ids: list[str]) -> None:
        """Make memory agree with the database for these entries, after a change here or in another process."""
        with self._sessions() as session:
            rows = list(session.scalars(select(Entry).where(Entry.id.in_(entry_ids))))
        self._published.refresh(entry_ids, rows)

    # Curating -------------------------------------------------------------

    def list_entries(
        self, *, query: str = "", status: str = "", topic: str = "", limit: int = 50, offset: int = 0
    ) -> EntryPage:
        """Entries whose title, question, answer or phrasings contain ``query``; newest change first."""
        statement = select(Entry)
        if status:
            statement = statement.where(Entry.status == status)
        if topic:
            statement = statement.where(Entry.topic == topic)
        if query:
            phrasings = (cast(Entry.similar, Text), cast(Entry.aliases, Text))
            columns = (Entry.title, Entry.question, Entry.answer, Entry.id, *phrasings)
            statement = statement.where(or_(*(column.contains(query, autoescape=True) for column in columns)))
        with self._sessions() as session:
            total = session.scalar(select(func.count()).select_from(statement.subquery())) or 0
            ordered = statement.order_by(Entry.updated_at.desc(), Entry.id).limit(limit).offset(offset)
            return EntryPage(list(session.scalars(ordered)), total)

    def get(self, entry_id: str) -> Entry:
        """One entry in whatever status; raises EntryNotFound."""
        with self._sessions() as session:
            return self._row(session, entry_id)

    def create(self, form: EntryForm, *, actor: str) -> Entry:
        """A new draft; its id is made from its topic."""
        self._check(form)
        with self._sessions() as session, session.begin():
            count = session.scalar(select(func.count()).where(Entry.topic == form.topic)) or 0
            while session.get(Entry, entry_id := f"{form.topic}.s{count:04d}") is not None:
                count += 1
            entry = Entry(id=entry_id, status=EntryStatus.DRAFT, edited=True, updated_by=actor, **self._columns(form))
            session.add(entry)
        return entry

    def save(self, entry_id: str, form: EntryForm, *, actor: str, expected_version: int) -> Entry:
        """Change an entry; a published one changes for citizens at once. Raises VersionConflict, InvalidEntry."""
        self._check(form)
        with self._sessions() as session, session.begin():
            entry = self._row(session, entry_id, lock=True)
            if entry.version != expected_version:
                raise VersionConflict
            for name, value in self._columns(form).items():
                setattr(entry, name, value)
            self._stamp(entry, actor)
        self._changed(entry)
        return entry

    def publish(self, entry_id: str, *, actor: str) -> Entry:
        """From now on citizens get this answer."""
        return self._move(entry_id, EntryStatus.PUBLISHED, actor)

    def retire(self, entry_id: str, *, actor: str) -> Entry:
        """From now on nobody gets this answer; it can be published again."""
        return self._move(entry_id, EntryStatus.RETIRED, actor)

    # Inside ---------------------------------------------------------------

    def _move(self, entry_id: str, wanted: EntryStatus, actor: str) -> Entry:
        with self._sessions() as session, session.begin():
            entry = self._row(session, entry_id, lock=True)
            check_change(EntryStatus(entry.status), wanted)
            entry.status = wanted
            self._stamp(entry, actor)
        self._changed(entry)
        return entry

    @staticmethod
    def _stamp(entry: Entry, actor: str) -> None:
        entry.edited = True
        entry.version += 1
        entry.updated_by = actor

    def _changed(self, entry: Entry) -> None:
        self._published.refresh([entry.id], [entry])
        try:
            self.on_change([entry.id])
        except OSError:
            # The change is saved and visible here; other processes pick it up at their next start.
            logger.exception("other processes could not be told of a changed entry")

    @staticmethod
    def _row(session: Session, entry_id: str, *, lock: bool = False) -> Entry:
        entry = session.get(Entry, entry_id, with_for_update=lock)
        if entry is None:
            raise EntryNotFound(entry_id)
        return entry

    def _check(self, form: EntryForm) -> None:
        if form.effective and form.expires and form.expires <= form.effective:
            raise InvalidEntry("失效日期应晚于生效日期")
        if (form.kind == "service_item") != (form.facts is not None):
            raise InvalidEntry("服务事项要填写办事要素；普通问答不填")
        try:
            for text in strings(form.model_dump()):
                fill(text, self._city)
        except ContentError as error:
            raise InvalidEntry(f"引用了城市设置里没有的值：{error}") from error

    @staticmethod
    def _columns(form: EntryForm) -> dict[str, Any]:
        columns = form.model_dump(exclude={"facts", "legal_basis"})
        columns["facts"] = form.facts.model_dump() if form.facts else {}
        columns["legal_basis"] = [basis.model_dump() for basis in form.legal_basis]
        columns["similar"] = list(dict.fromkeys(text.strip() for text in form.similar if text.strip()))
        columns["aliases"] = list(dict.fromkeys(text.strip() for text in form.aliases if text.strip()))
        return columns
