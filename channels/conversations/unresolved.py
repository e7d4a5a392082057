"""The queue of what the assistant failed at, for managers and curators."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.database import SessionFactory, utcnow
from channels.conversations.models import Turn, UnresolvedQuestion
from nlu.text import content_only

# Of more questions of one status than this, the oldest wait until newer ones are settled.
MOST_COMPARED = 5000
# Why a turn stayed unresolved when its words (都不是, 转人工) are not the question: equal words tell nothing then.
OF_ITS_OWN = frozenset({"clarify_refused", "wrong_answer", "human_requested"})


@lru_cache(maxsize=1)
def reason_labels() -> dict[str, str]:
    """What staff read for each reason code."""
    data: dict[str, str] = yaml.safe_load((Path(__file__).parent / "reasons.yml").read_text(encoding="utf-8"))
    return data


@dataclass(frozen=True)
class UnresolvedView:
    """One failed turn with the grounds it failed on. ``ranking``: intents with confidence; ``hits``: what search found.

    ``candidates``: the acts that competed, cheapest first; none where a button was pressed.
    ``count``: how many turns of the same status ask the same, this one among them.
    """

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
    candidates: list[dict[str, Any]]
    count: int = 1


class UnresolvedQueue:
    """List, count, link to the entry that answers, dismiss. Equal questions are listed and settled as one."""

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
        """Newest first; of equal questions the newest stands for all, ``count`` says how many they are."""
        with self._sessions() as session:
            page = _groups(session, status)[offset : offset + limit]
            rows = session.execute(
                select(UnresolvedQuestion, Turn)
                .join(Turn, Turn.id == UnresolvedQuestion.turn_id)
                .where(UnresolvedQuestion.id.in_([group.ids[0] for group in page]))
            ).all()
        found = {item.id: (item, turn) for item, turn in rows}
        return [_view(*found[group.ids[0]], group) for group in page if group.ids[0] in found]

    def get(self, item_id: int) -> UnresolvedView | None:
        """One item."""
        with self._sessions() as session:
            row = session.execute(
                select(UnresolvedQuestion, Turn)
                .join(Turn, Turn.id == UnresolvedQuestion.turn_id)
                .where(UnresolvedQuestion.id == item_id)
            ).first()
            if row is None:
                return None
            item, turn = row
            return _view(item, turn, _group_of(session, item))

    def counts(self) -> dict[str, int]:
        """How many items stand in each status."""
        with self._sessions() as session:
            rows = session.execute(
                select(UnresolvedQuestion.status, func.count()).group_by(UnresolvedQuestion.status)
            ).all()
        return dict(rows)

    def link(self, item_id: int, entry_id: str) -> None:
        """Remember which draft is to answer this; the item and its equals close when that entry is published."""
        with self._sessions() as session, session.begin():
            session.execute(
                update(UnresolvedQuestion).where(UnresolvedQuestion.id == item_id).values(entry_id=entry_id)
            )

    def published(self, entry_id: str, *, actor: str) -> int:
        """An entry went live: close the open items linked to it, and their equals; returns how many."""
        return self._close(UnresolvedQuestion.entry_id == entry_id, "answered", actor)

    def of_turn(self, turn_id: str) -> int | None:
        """The item of a turn, if it failed."""
        with self._sessions() as session:
            return session.scalar(select(UnresolvedQuestion.id).where(UnresolvedQuestion.turn_id == turn_id))

    def reopen(self, turn_id: str, entry_id: str) -> int:
        """The entry is not to answer this turn any more: its item waits again, with the equals that closed with it.

        Returns how many wait again.
        """
        with self._sessions() as session, session.begin():
            item = session.scalar(select(UnresolvedQuestion).where(UnresolvedQuestion.turn_id == turn_id))
            if item is None or item.entry_id != entry_id:
                return 0
            closed, item.entry_id = item.closed_at, ""
            if item.status != "answered":
                return 0
            equal = _group_of(session, item).ids
            result = session.execute(
                update(UnresolvedQuestion)
                .where(UnresolvedQuestion.id.in_(equal), UnresolvedQuestion.closed_at == closed)
                .values(status="open", closed_by="", closed_at=None)
            )
            return int(result.rowcount)  # type: ignore[attr-defined]

    def dismiss(self, item_id: int, *, actor: str) -> int:
        """Nothing is to be done about this; its open equals close with it. Returns how many."""
        return self._close(UnresolvedQuestion.id == item_id, "dismissed", actor)

    def _close(self, chosen: ColumnElement[bool], status: str, actor: str) -> int:
        with self._sessions() as session, session.begin():
            is_open = UnresolvedQuestion.status == "open"
            ids = set(session.scalars(select(UnresolvedQuestion.id).where(chosen, is_open)))
            for group in _groups(session, "open") if ids else []:
                if not ids.isdisjoint(group.ids):
                    ids.update(group.ids)
            result = session.execute(
                update(UnresolvedQuestion)
                .where(UnresolvedQuestion.id.in_(ids), is_open)
                .values(status=status, closed_by=actor, closed_at=utcnow())
            )
            return int(result.rowcount)  # type: ignore[attr-defined]


@dataclass
class _Group:
    """Equal questions: their ids, newest first, and the draft that is to answer them if there is one."""

    ids: list[int]
    entry_id: str = ""


def _groups(session: Session, status: str) -> list[_Group]:
    """The questions of a status, newest first; equal are those with the same letters. One without any stands alone."""
    rows = session.execute(
        select(
            UnresolvedQuestion.id, UnresolvedQuestion.question, UnresolvedQuestion.reason, UnresolvedQuestion.entry_id
        )
        .where(UnresolvedQuestion.status == status)
        .order_by(UnresolvedQuestion.created_at.desc(), UnresolvedQuestion.id.desc())
        .limit(MOST_COMPARED)
    )
    groups: dict[str | int, _Group] = {}
    for id_, question, reason, entry_id in rows:
        words = "" if reason in OF_ITS_OWN else content_only(question)
        group = groups.setdefault(words or id_, _Group([]))
        group.ids.append(id_)
        group.entry_id = group.entry_id or entry_id
    return list(groups.values())


def _group_of(session: Session, item: UnresolvedQuestion) -> _Group:
    alone = _Group([item.id])
    return next((group for group in _groups(session, item.status) if item.id in group.ids), alone)


def _view(item: UnresolvedQuestion, turn: Turn, group: _Group) -> UnresolvedView:
    return UnresolvedView(
        id=item.id,
        turn_id=item.turn_id,
        conversation_id=item.conversation_id,
        question=item.question,
        reason=item.reason,
        reason_label=reason_labels().get(item.reason, item.reason),
        status=item.status,
        entry_id=item.entry_id or group.entry_id,
        at=item.created_at,
        intent=turn.intent,
        confidence=turn.confidence,
        ranking=turn.ranking,
        hits=turn.hits,
        candidates=turn.candidates,
        count=len(group.ids),
    )
