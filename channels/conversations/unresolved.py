"""The queue of what the assistant failed at, for managers and curators."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from bot.database import SessionFactory, utcnow
from channels.conversations.models import Turn, UnresolvedQuestion


@lru_cache(maxsize=1)
def reason_labels() -> dict[str, str]:
    """What staff read for each reason code."""
    data: dict[str, str] = yaml.safe_load((Path(__file__).parent / "reasons.yml").read_text(encoding="utf-8"))
    return data


@dataclass(frozen=True)
class UnresolvedView:
    """One failed turn with the grounds it failed on. ``ranking``: intents with confidence; ``hits``: what search found."""

    id: int
    turn_id: str
    conversation_id: str
    question: str
    reason: str
    reason_label: str
    status: str
    entry_id: str
    at: datetime
    intent: str
    confidence: float
    ranking: list[dict[str, Any]]
    hits: list[dict[str, Any]]


class UnresolvedQueue:
    """List, count, link to the entry that answers, dismiss."""

    def __init__(self, sessions: SessionFactory) -> None:
        self._sessions = sessions

    def request(self, conversation_id: str, reason: str, *, key: str) -> None:
        """Queue the turn ``key`` because its citizen asked for a human; once a turn."""
        try:
            with self._sessions() as session, session.begin():
                turn = session.get(Turn, key)
                if turn is not None and turn.conversation_id == conversation_id:
                    session.add(
                        UnresolvedQuestion(
                            turn_id=key, conversation_id=conversation_id, question=turn.text, reason=reason
                        )
                    )
        except IntegrityError:
            return

    def items(self, *, status: str = "open", limit: int = 50, offset: int = 0) -> list[UnresolvedView]:
        """Newest first."""
        with self._sessions() as session:
            rows = session.execute(
                select(UnresolvedQuestion, Turn)
                .join(Turn, Turn.id == UnresolvedQuestion.turn_id)
                .where(UnresolvedQuestion.status == status)
                .order_by(UnresolvedQuestion.created_at.desc(), UnresolvedQuestion.id.desc())
                .limit(limit)
                .offset(offset)
            ).all()
        return [_view(item, turn) for item, turn in rows]

    def get(self, item_id: int) -> UnresolvedView | None:
        """One item."""
        with self._sessions() as session:
            row = session.execute(
                select(UnresolvedQuestion, Turn)
                .join(Turn, Turn.id == UnresolvedQuestion.turn_id)
                .where(UnresolvedQuestion.id == item_id)
            ).first()
        return _view(*row) if row else None

    def counts(self) -> dict[str, int]:
        """How many items stand in each status."""
        with self._sessions() as session:
            rows = session.execute(
                select(UnresolvedQuestion.status, func.count()).group_by(UnresolvedQuestion.status)
            ).all()
        return dict(rows)

    def link(self, item_id: int, entry_id: str) -> None:
        """Remember which draft is to answer this; the item closes when that entry is published."""
        with self._sessions() as session, session.begin():
            session.execute(
                update(UnresolvedQuestion).where(UnresolvedQuestion.id == item_id).values(entry_id=entry_id)
            )

    def published(self, entry_id: str, *, actor: str) -> int:
        """An entry went live: close the open items linked to it; returns how many."""
        return self._close(UnresolvedQuestion.entry_id == entry_id, "answered", actor)

    def dismiss(self, item_id: int, *, actor: str) -> int:
        """Nothing is to be done about this."""
        return self._close(UnresolvedQuestion.id == item_id, "dismissed", actor)

    def _close(self, condition: Any, status: str, actor: str) -> int:
        with self._sessions() as session, session.begin():
            result = session.execute(
                update(UnresolvedQuestion)
                .where(condition, UnresolvedQuestion.status == "open")
                .values(status=status, closed_by=actor, closed_at=utcnow())
            )
            return int(result.rowcount)  # type: ignore[attr-defined]


def _view(item: UnresolvedQuestion, turn: Turn) -> UnresolvedView:
    return UnresolvedView(
        id=item.id,
        turn_id=item.turn_id,
        conversation_id=item.conversation_id,
        question=item.question,
        reason=item.reason,
        reason_label=reason_labels().get(item.reason, item.reason),
        status=item.status,
        entry_id=item.entry_id,
        at=item.created_at,
        intent=turn.intent,
        confidence=turn.confidence,
        ranking=turn.ranking,
        hits=turn.hits,
    )
