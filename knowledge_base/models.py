"""Tables of the knowledge base."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.database import Base, utcnow


class Entry(Base):
    """A standard question with its phrasings and answer; a service item also has facts.

    ``facts`` and ``legal_basis`` have the shapes of ``content_schema.ServiceFacts`` and ``LegalBasis``. Texts keep their
    ``{section.key}`` placeholders: they are filled when shown, so replacing ``city.yml`` changes every answer.
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
    facts: Mapped[dict[str, Any]]
    legal_basis: Mapped[list[Any]]
    confirm: Mapped[list[str]]
    related: Mapped[list[str]]
    effective: Mapped[date | None]
    expires: Mapped[date | None]
    content_hash: Mapped[str] = mapped_column(String(64), default="")
    edited: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[datetime] = mapped_column(default=utcnow, onupdate=utcnow)
    updated_by: Mapped[str] = mapped_column(String(80), default="")
