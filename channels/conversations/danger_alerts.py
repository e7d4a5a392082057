"""Staff told of citizens who spoke of suicide or violence: one alert a conversation until somebody has closed it."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import cast

import yaml
from sqlalchemy import Connection, Table, case, func, insert, select, update

from bot.database import SessionFactory, utcnow
from channels.conversations.models import DangerAlert
from channels.emergency_words import load_words
from knowledge_base.lifecycle import InvalidEntry

logger = logging.getLogger(__name__)
WORDS_FILE = Path(__file__).with_name("danger_alerts.yml")
ALERTS = cast(Table, DangerAlert.__table__)
LONGEST_NOTE = 500
GONE = "这条提醒已经有人处理过了，请刷新后再看"


@dataclass(frozen=True)
class Waiting:
    """Open alerts: how many, those of them that nobody has taken, and the number of the newest."""

    open: int = 0
    untaken: int = 0
    newest: int = 0


@dataclass(frozen=True)
class AlertView:
    """One alert. ``turns``: how often danger was spoken of; ``taken_by``, ``closed_by``: empty while nobody did."""

    id: int
    conversation_id: str
    turn_id: str
    kind: str
    turns: int
    at: datetime
    last_at: datetime
    taken_by: str
    closed_by: str
    closed_at: datetime | None
    outcome: str
    note: str

    @property
    def kind_label(self) -> str:
        """The kind in words."""
        return str(load_words().kinds.get(self.kind, {}).get("name", self.kind))

    @property
    def outcome_label(self) -> str:
        """What came of it, in words; empty while open."""
        return outcomes().get(self.outcome, self.outcome)


@lru_cache(maxsize=1)
def outcomes() -> Mapping[str, str]:
    """What may come of an alert: code → words."""
    found: dict[str, str] = yaml.safe_load(WORDS_FILE.read_text(encoding="utf-8"))["outcomes"]
    return found


def raise_alert(connection: Connection, conversation_id: str, turn_id: str, kind: str) -> None:
    """Tell staff inside the transaction that stores the turn, if danger of this kind is watched.

    The alert of the conversation that nobody has closed becomes younger; its kind stays what it was first.
    """
    if kind not in load_words().watched:
        return
    now = utcnow()
    waiting = update(ALERTS).where(ALERTS.c.conversation_id == conversation_id, ALERTS.c.closed_at.is_(None))
    again = waiting.values(turns=ALERTS.c.turns + 1, last_at=now, turn_id=turn_id)
    if not connection.execute(again).rowcount:
        row = {"conversation_id": conversation_id, "turn_id": turn_id, "kind": kind, "at": now, "last_at": now}
        connection.execute(insert(ALERTS), row)
    # An event for whoever watches the logs; the conversation is named, nothing that was said.
    logger.warning(
        "danger: a conversation waits for a member of staff", extra={"conversation": conversation_id, "kind": kind}
    )


class DangerAlerts:
    """The alerts as staff see and close them."""

    def __init__(self, sessions: SessionFactory) -> None:
        self._sessions = sessions

    def waiting(self) -> Waiting:
        """What is open at this moment."""
        untaken = func.sum(case((ALERTS.c.taken_by == "", 1), else_=0))
        counted = select(func.count(), untaken, func.max(ALERTS.c.id)).where(ALERTS.c.closed_at.is_(None))
        with self._sessions() as session:
            count, free, newest = session.execute(counted).one()
        return Waiting(int(count or 0), int(free or 0), int(newest or 0))

    def listed(self, *, closed: bool, limit: int = 50, offset: int = 0) -> list[AlertView]:
        """A page of alerts: the open ones, those first that wait longest for somebody, or the closed ones, newest first."""
        order = (ALERTS.c.closed_at.desc(),) if closed else (ALERTS.c.taken_by != "", ALERTS.c.at)
        done = ALERTS.c.closed_at.is_not(None) if closed else ALERTS.c.closed_at.is_(None)
        chosen = select(DangerAlert).where(done).order_by(*order, ALERTS.c.id).limit(limit).offset(offset)
        with self._sessions() as session:
            return [_view(one) for one in session.scalars(chosen)]

    def of_conversation(self, conversation_id: str) -> Sequence[AlertView]:
        """The alerts of one conversation, the newest first."""
        chosen = select(DangerAlert).where(DangerAlert.conversation_id == conversation_id)
        with self._sessions() as session:
            return [_view(one) for one in session.scalars(chosen.order_by(DangerAlert.id.desc()))]

    def take(self, alert_id: int, *, actor: str) -> None:
        """Somebody looks after it; raises InvalidEntry where another one does or it is closed."""
        self._change(alert_id, ALERTS.c.taken_by.in_(("", actor)), taken_by=actor, taken_at=utcnow())

    def close(self, alert_id: int, outcome: str, note: str = "", *, actor: str) -> None:
        """It is over, and what came of it; raises InvalidEntry for an outcome that is none, or where it is closed."""
        if outcome not in outcomes():
            raise InvalidEntry("请选择处理的结果")
        if len(note) > LONGEST_NOTE:
            raise InvalidEntry(f"说明最多 {LONGEST_NOTE} 个字")
        self._change(alert_id, outcome=outcome, note=note.strip(), closed_by=actor, closed_at=utcnow())

    def _change(self, alert_id: int, *conditions: object, **values: object) -> None:
        here = update(DangerAlert).where(DangerAlert.id == alert_id, DangerAlert.closed_at.is_(None), *conditions)  # type: ignore[arg-type]
        with self._sessions() as session, session.begin():
            if not session.execute(here.values(**values)).rowcount:  # type: ignore[attr-defined]
                raise InvalidEntry(GONE)


def _view(one: DangerAlert) -> AlertView:
    names = AlertView.__dataclass_fields__
    return AlertView(**{name: getattr(one, name) for name in names})
