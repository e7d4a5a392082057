"""The audit log: who did or viewed what. Written by application services, read by auditors, changed by nobody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select

from bot.database import SessionFactory
from bot.security.models import AuditRecord

MAX_DETAIL = 500


@dataclass(frozen=True)
class Sought:
    """Which records; what is empty does not matter. ``since`` is included, ``until`` is not."""

    actor: str = ""
    action: str = ""
    since: datetime | None = None
    until: datetime | None = None


class AuditLog:
    """Adds records and reads them back, newest first."""

    def __init__(self, sessions: SessionFactory) -> None:
        self._sessions = sessions

    def record(self, actor: str, action: str, object_: str = "", detail: str = "") -> None:
        """Add one record. ``detail`` says what changed in words that hold no personal data; it is cut at 500."""
        with self._sessions() as session, session.begin():
            session.add(AuditRecord(actor=actor[:80], action=action, object=object_[:120], detail=detail[:MAX_DETAIL]))

    def records(self, sought: Sought | None = None, *, limit: int = 100, offset: int = 0) -> list[AuditRecord]:
        """Records that fit, newest first."""
        chosen = select(AuditRecord).where(*_conditions(sought)).order_by(AuditRecord.id.desc())
        with self._sessions() as session:
            return list(session.scalars(chosen.limit(limit).offset(offset)))

    def count(self, sought: Sought | None = None) -> int:
        """How many records fit."""
        with self._sessions() as session:
            return session.scalar(select(func.count()).select_from(AuditRecord).where(*_conditions(sought))) or 0

    def actions(self) -> list[str]:
        """Every deed that was ever recorded."""
        with self._sessions() as session:
            return list(session.scalars(select(AuditRecord.action).distinct().order_by(AuditRecord.action)))


def _conditions(sought: Sought | None) -> list[ColumnElement[bool]]:
    if sought is None:
        return []
    conditions = []
    if sought.actor:
        conditions.append(AuditRecord.actor == sought.actor)
    if sought.action:
        conditions.append(AuditRecord.action == sought.action)
    if sought.since:
        conditions.append(AuditRecord.at >= sought.since)
    if sought.until:
        conditions.append(AuditRecord.at < sought.until)
    return conditions
