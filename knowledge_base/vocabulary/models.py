"""Tables of the vocabulary."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.database import Base, utcnow


class VocabularyTerm(Base):
    """Words and the official word they stand for. ``live`` is what searches go by (kind, words, official), None where the
    term is not in force; the columns are what staff work at. ``content_by`` wrote what is not in force yet.
    """

    __tablename__ = "vocabulary_terms"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    words: Mapped[list[str]]
    official: Mapped[str] = mapped_column(String(80), index=True)
    note: Mapped[str] = mapped_column(String(300), default="")
    live: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    content_by: Mapped[str] = mapped_column(String(80), default="")
    version: Mapped[int] = mapped_column(default=1)
    updated_by: Mapped[str] = mapped_column(String(80))
    updated_at: Mapped[datetime] = mapped_column(default=utcnow, onupdate=utcnow)


class VocabularyRevision(Base):
    """What one deed left of a term: its content and whether it was in force. Rows are added, never changed."""

    __tablename__ = "vocabulary_revisions"
    __table_args__ = (UniqueConstraint("term_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    term_id: Mapped[int]
    version: Mapped[int]
    deed: Mapped[str] = mapped_column(String(20))
    author: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(default=utcnow)
    snapshot: Mapped[dict[str, Any]]
