"""Tables of the golden set."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.database import Base, utcnow


class GoldenQuestion(Base):
    """A question and the entry that must answer it."""

    __tablename__ = "golden_questions"

    id: Mapped[int] = mapped_column(primary_key=True)
    question: Mapped[str] = mapped_column(String(200), unique=True)
    entry_id: Mapped[str] = mapped_column(String(80), index=True)
    added_by: Mapped[str] = mapped_column(String(80))
    added_at: Mapped[datetime] = mapped_column(default=utcnow)


class GateSignOff(Base):
    """Who let a change through that makes golden questions worse, why, and which. Rows are added, never changed.

    ``object_id``: the entry, the policy document or the import that was published or retired.
    """

    __tablename__ = "gate_sign_offs"

    id: Mapped[int] = mapped_column(primary_key=True)
    object_id: Mapped[str] = mapped_column(String(80), index=True)
    actor: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(default=utcnow)
    reason: Mapped[str] = mapped_column(Text)
    worse: Mapped[list[Any]]
