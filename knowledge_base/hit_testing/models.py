"""Table of the hit tests."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.database import Base, utcnow


class HitTest(Base):
    """A test that somebody made. ``question`` is masked; ``report`` has the shape of :class:`report.HitReport`."""

    __tablename__ = "hit_tests"

    id: Mapped[int] = mapped_column(primary_key=True)
    actor: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(default=utcnow, index=True)
    question: Mapped[str] = mapped_column(Text)
    region: Mapped[str] = mapped_column(String(6), default="")
    day: Mapped[date]
    band: Mapped[str] = mapped_column(String(20))
    report: Mapped[dict[str, Any]]
