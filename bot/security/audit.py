"""The audit log: who did or viewed what. Written by application services, read by auditors, changed by nobody."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from bot.database import SessionFactory
from bot.security.models import AuditRecord

MAX_DETAIL = 500


class AuditLog:
    """Adds records and reads them back, newest first."""

    def __init__(self, sessions: SessionFactory) -> None:
        self._sessions = sessions

    def record(self, actor: str, action: str, object_: str = "", detail: str = "") -> None:
        """Add one record. ``detail`` says what changed in words that hold no personal data; it is cut at 500."""
        with self._sessions() as session, session.begin():
            session.add(AuditRecord(actor=actor[:80], action=action, object=object_[:120], detail=detail[:MAX_DETAIL]))

    def records(
        self, *, actor: str = "", action: str = "", since: datetime | None = None, limit: int = 100
    ) -> list[AuditRecord]:
        """Records of an actor or an action since a time, newest first."""
        chosen = select(AuditRecord).order_by(AuditRecord.id.desc()).limit(limit)
        if actor:
            chosen = chosen.where(AuditRecord.actor == actor)
        if action:
            chosen = chosen.where(AuditRecord.action == action)
        if since:
            chosen = chosen.where(AuditRecord.at >= since)
        with self._sessions() as session:
            return list(session.scalars(chosen))
