"""What of conversations is due to be forgotten: old turns with all that hangs on them, then conversations left empty.

A WeChat conversation lasts as long as its person: it is its turns that grow old. Nothing of a conversation with an open
ticket or an open alert of danger goes, for whoever handles it may need it; nor a turn whose question is still open.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from actions.tickets.models import Ticket, TicketNotice
from bot.database import Base
from channels.conversations.deletion import Counts
from channels.conversations.models import Conversation, DangerAlert, Message, Turn, TurnDeed, UnresolvedQuestion


class OldConversations:
    """Those of before ``cutoff``. ``final``: the statuses in which a ticket is over."""

    def __init__(self, cutoff: datetime, final: Sequence[str]) -> None:
        self._cutoff = cutoff
        self._final = list(final)

    # What is due ----------------------------------------------------------

    def turn_is_due(self) -> ColumnElement[bool]:
        """Whether a turn may go."""
        waits = exists().where(UnresolvedQuestion.turn_id == Turn.id, UnresolvedQuestion.status == "open")
        return and_(Turn.created_at < self._cutoff, ~waits, ~self._needed(Turn.conversation_id))

    def _due_turns(self) -> Any:
        return select(Turn.id).where(self.turn_is_due())

    def _loose_is_due(self) -> ColumnElement[bool]:
        """Whether a message of no turn may go: a greeting, words of staff."""
        loose = or_(Message.turn_id.is_(None), ~exists().where(Turn.id == Message.turn_id))
        return and_(loose, Message.created_at < self._cutoff, ~self._needed(Message.conversation_id))

    def _conversation_is_due(self) -> ColumnElement[bool]:
        """Whether all that a conversation has is due."""
        stays, said = aliased(Turn), aliased(Message)
        turn_stays = exists().where(stays.conversation_id == Conversation.id, stays.id.not_in(self._due_turns()))
        loose = or_(said.turn_id.is_(None), ~exists().where(Turn.id == said.turn_id))
        word_stays = exists().where(said.conversation_id == Conversation.id, said.created_at >= self._cutoff, loose)
        over = select(DangerAlert.id).where(self._alert_is_due())
        alert_stays = exists().where(DangerAlert.conversation_id == Conversation.id, DangerAlert.id.not_in(over))
        idle = and_(Conversation.last_at < self._cutoff, Conversation.created_at < self._cutoff)
        return and_(idle, ~self._needed(Conversation.id), ~turn_stays, ~word_stays, ~alert_stays)

    def _needed(self, conversation_id: Any) -> ColumnElement[bool]:
        ticket = conversation_id.in_(select(Ticket.conversation_id).where(Ticket.status.not_in(self._final)))
        alert = conversation_id.in_(select(DangerAlert.conversation_id).where(DangerAlert.closed_at.is_(None)))
        return or_(ticket, alert)

    def _alert_is_due(self) -> ColumnElement[bool]:
        """Whether an alert of danger may go: it is over, and so is what was said then."""
        return and_(DangerAlert.closed_at < self._cutoff, ~self._needed(DangerAlert.conversation_id))

    # Counting and deleting ------------------------------------------------

    def count(self, session: Session) -> Counts:
        """The rows that are due, by table."""
        due, gone = self._due_turns(), select(Conversation.id).where(self._conversation_is_due())
        return {
            "turn_deeds": _count(session, TurnDeed, TurnDeed.turn_id.in_(due)),
            "unresolved_questions": _count(session, UnresolvedQuestion, UnresolvedQuestion.turn_id.in_(due)),
            "messages": _count(session, Message, or_(Message.turn_id.in_(due), self._loose_is_due())),
            "turns": _count(session, Turn, self.turn_is_due()),
            "danger_alerts": _count(session, DangerAlert, self._alert_is_due()),
            "ticket_notices": _count(session, TicketNotice, TicketNotice.conversation_id.in_(gone)),
            "conversations": _count(session, Conversation, self._conversation_is_due()),
        }

    def delete_some(self, session: Session, limit: int) -> tuple[Counts, list[str]]:
        """Delete up to ``limit`` turns, or else messages, or else conversations; how many rows went, and the ids of
        conversations that went whole. Empty counts: nothing is due any more.
        """
        turns = list(session.scalars(self._due_turns().limit(limit)))
        if turns:
            return {
                "turn_deeds": _delete(session, TurnDeed, TurnDeed.turn_id.in_(turns)),
                "unresolved_questions": _delete(session, UnresolvedQuestion, UnresolvedQuestion.turn_id.in_(turns)),
                "messages": _delete(session, Message, Message.turn_id.in_(turns)),
                "turns": _delete(session, Turn, Turn.id.in_(turns)),
            }, []
        words = list(session.scalars(select(Message.seq).where(self._loose_is_due()).limit(limit)))
        if words:
            return {"messages": _delete(session, Message, Message.seq.in_(words))}, []
        alerts = list(session.scalars(select(DangerAlert.id).where(self._alert_is_due()).limit(limit)))
        if alerts:
            return {"danger_alerts": _delete(session, DangerAlert, DangerAlert.id.in_(alerts))}, []
        ids = list(session.scalars(select(Conversation.id).where(self._conversation_is_due()).limit(limit)))
        if not ids:
            return {}, []
        return {
            "ticket_notices": _delete(session, TicketNotice, TicketNotice.conversation_id.in_(ids)),
            "conversations": _delete(session, Conversation, Conversation.id.in_(ids)),
        }, ids


class SettledQuestions:
    """Unresolved questions settled before ``cutoff``; those whose turn is due go with it (``turns``) and do not count here."""

    def __init__(self, cutoff: datetime, turns: OldConversations | None) -> None:
        self._cutoff = cutoff
        self._turns = turns

    def _is_due(self) -> ColumnElement[bool]:
        settled = and_(UnresolvedQuestion.status != "open", UnresolvedQuestion.closed_at < self._cutoff)
        if self._turns is None:
            return settled
        return and_(settled, UnresolvedQuestion.turn_id.not_in(select(Turn.id).where(self._turns.turn_is_due())))

    def count(self, session: Session) -> Counts:
        """The rows that are due."""
        return {"unresolved_questions": _count(session, UnresolvedQuestion, self._is_due())}

    def delete_some(self, session: Session, limit: int) -> tuple[Counts, list[str]]:
        """Delete up to ``limit``."""
        ids = list(session.scalars(select(UnresolvedQuestion.id).where(self._is_due()).limit(limit)))
        return (
            {"unresolved_questions": _delete(session, UnresolvedQuestion, UnresolvedQuestion.id.in_(ids))}
            if ids
            else {}
        ), []


def _count(session: Session, model: type[Base], condition: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(model).where(condition)) or 0


def _delete(session: Session, model: type[Base], condition: ColumnElement[bool]) -> int:
    result: Any = session.execute(delete(model).where(condition).execution_options(synchronize_session=False))
    return int(result.rowcount)
