"""Tables of the knowledge base."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Connection, Index, String, Text, UniqueConstraint, event
from sqlalchemy.orm import Mapped, Mapper, mapped_column

from bot.database import Base, utcnow


class Entry(Base):
    """A standard question with its phrasings and answer; a service item also has facts.

    ``facts`` and ``legal_basis`` have the shapes of ``content_schema.ServiceFacts`` and ``LegalBasis``, ``points`` that of
    ``aspects.Points``, ``details`` that of ``details.Details``. ``title_en`` and ``summary_en`` are for who asked in English
    and are not searched. Texts keep their ``{section.key}`` placeholders: they are filled when shown, so replacing
    ``city.yml`` changes every answer.

    The columns of a published entry are what citizens get. A change of it waits in ``draft`` (the shape of ``EntryForm``
    as JSON) with its own ``draft_status`` until it is published. ``content_by`` wrote what is not published yet.
    """

    __tablename__ = "entries"
    __table_args__ = (Index("ix_entries_status_topic", "status", "topic"),)

    id: Mapped[str] = mapped_column(String(80), primary_key=True)
    topic: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(20))
    status: Mapped[str] = mapped_column(String(20), index=True)
    title: Mapped[str] = mapped_column(String(80))
    question: Mapped[str] = mapped_column(String(200))
    similar: Mapped[list[str]]
    aliases: Mapped[list[str]]
    answer: Mapped[str] = mapped_column(Text)
    title_en: Mapped[str] = mapped_column(String(80), default="")
    summary_en: Mapped[str] = mapped_column(String(500), default="")
    facts: Mapped[dict[str, Any]]
    points: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    details: Mapped[list[Any]] = mapped_column(JSON, default=list)
    legal_basis: Mapped[list[Any]]
    confirm: Mapped[list[str]]
    related: Mapped[list[str]]
    effective: Mapped[date | None]
    expires: Mapped[date | None]
    region: Mapped[str] = mapped_column(String(6), default="")
    owner: Mapped[str] = mapped_column(String(40), default="")
    draft: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    draft_status: Mapped[str] = mapped_column(String(20), default="")
    content_by: Mapped[str] = mapped_column(String(80), default="")
    document_id: Mapped[str] = mapped_column(String(40), default="", index=True)
    content_hash: Mapped[str] = mapped_column(String(64), default="")
    edited: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[datetime] = mapped_column(default=utcnow, onupdate=utcnow)
    updated_by: Mapped[str] = mapped_column(String(80), default="")

    @property
    def asked(self) -> list[str]:
        """What people asked of their own cases, of all details."""
        return [text for detail in self.details or () for text in detail["asked"]]


class PolicyDocument(Base):
    """A policy document; its text is entries of kind ``passage`` that carry its id, its dates and its region.

    ``status`` is draft until it is published for the first time. ``leaving``: ids of published passages that the newest
    text no longer has; they are retired when it is published.
    """

    __tablename__ = "policy_documents"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    issuer: Mapped[str] = mapped_column(String(100))
    number: Mapped[str] = mapped_column(String(60), default="", index=True)
    topic: Mapped[str] = mapped_column(String(40))
    region: Mapped[str] = mapped_column(String(6), default="")
    effective: Mapped[date | None]
    expires: Mapped[date | None]
    predecessor_id: Mapped[str] = mapped_column(String(40), default="")
    status: Mapped[str] = mapped_column(String(20))
    content_hash: Mapped[str] = mapped_column(String(64), default="")
    source_name: Mapped[str] = mapped_column(String(200), default="")
    leaving: Mapped[list[str]] = mapped_column(default=list)
    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[datetime] = mapped_column(default=utcnow, onupdate=utcnow)
    updated_by: Mapped[str] = mapped_column(String(80), default="")


class KnowledgeImport(Base):
    """An import that was committed; a second commit of the same preview finds it and changes nothing."""

    __tablename__ = "knowledge_imports"

    token: Mapped[str] = mapped_column(String(64), primary_key=True)
    source_name: Mapped[str] = mapped_column(String(200))
    actor: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(default=utcnow)
    result: Mapped[dict[str, Any]]


class EntryRevision(Base):
    """What one deed left of an entry: all of its content and its status. Rows are added, never changed or removed."""

    __tablename__ = "entry_revisions"
    __table_args__ = (UniqueConstraint("entry_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[str] = mapped_column(String(80))
    version: Mapped[int]
    deed: Mapped[str] = mapped_column(String(20))
    status: Mapped[str] = mapped_column(String(20))
    author: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(default=utcnow)
    comment: Mapped[str] = mapped_column(Text)
    snapshot: Mapped[dict[str, Any]]


@event.listens_for(EntryRevision, "before_update")
@event.listens_for(EntryRevision, "before_delete")
def _history_stands(_mapper: Mapper[EntryRevision], _connection: Connection, revision: EntryRevision) -> None:
    raise RuntimeError(f"the history of {revision.entry_id} is not to be rewritten")
