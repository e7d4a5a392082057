"""The audit log: who did or viewed what. Written by application services, read by auditors, changed by nobody."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select

from bot.database import SessionFactory, utcnow
from bot.security.models import AuditRecord

MAX_DETAIL = 500
# Actors that are no accounts. The first: who it was is not known, or must not be written down.
NOT_NAME = "?"
COMMAND_LINE = "command line"
IDENTITY_PROVIDER = "单位账号系统"
# As histories of tickets name them; see ``actions/tickets/catalogue.py``.
CITIZEN = "citizen"
# A refusal that repeats is recorded once in so long: a program that goes on asking does not fill the log.
REPEATS_AFTER = timedelta(minutes=1)
REMEMBERED = 2000


@dataclass(frozen=True)
class Sought:
    """Which records; what is empty does not matter. ``since`` is included, ``until`` is not."""

    actor: str = ""
    action: str = ""
    since: datetime | None = None
    until: datetime | None = None


class AuditLog:
    """Adds records and reads them back, newest first."""

    def __init__(self, sessions: SessionFactory, now: Callable[[], datetime] = utcnow) -> None:
        self._sessions = sessions
        self._now = now
        self._refused: dict[tuple[str, str, str], datetime] = {}

    def record(self, actor: str, action: str, object_: str = "", detail: str = "") -> None:
        """Add one record. ``detail`` says what changed in words that hold no personal data; it is cut at 500."""
        with self._sessions() as session, session.begin():
            session.add(AuditRecord(actor=actor[:80], action=action, object=object_[:120], detail=detail[:MAX_DETAIL]))

    def refused(self, actor: str, permission: str, object_: str = "", detail: str = "") -> None:
        """Record that somebody tried what they may not do; the same again within a minute is not recorded."""
        key, now = (actor, permission, object_), self._now()
        before = self._refused.pop(key, None)
        self._refused[key] = now if before is None or now - before >= REPEATS_AFTER else before
        while len(self._refused) > REMEMBERED:
            del self._refused[next(iter(self._refused))]
        if self._refused.get(key) == now:
            words = f"{permission} {detail}".strip()
            self.record(actor, "access.refused", object_, words)

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
