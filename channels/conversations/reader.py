"""Conversations as staff read them: found by day, decision, rating or words, and one with the grounds of each turn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from bot.database import SessionFactory
from channels.conversations.models import Conversation, Message, Turn

# Decisions on turns that asked something; small talk may be a question that was not understood.
QUESTIONS = ("answer", "clarify", "unresolved", "smalltalk")


@dataclass(frozen=True)
class Sought:
    """Which turns are looked for; empty means any. ``until`` is the first moment no longer; ``text`` is in the question."""

    since: datetime | None = None
    until: datetime | None = None
    decision: str = ""
    feedback: str = ""
    text: str = ""


@dataclass(frozen=True)
class ConversationLine:
    """A conversation in the list: its newest turn that was looked for, how many there are, and how they were rated."""

    id: str
    channel: str
    turns: int
    up: int
    down: int
    newest: Turn


@dataclass(frozen=True)
class Exchange:
    """A turn with all that was said in it; without a turn, what was said by itself: a greeting, words of staff."""

    at: datetime
    turn: Turn | None
    messages: Sequence[Message]


@dataclass(frozen=True)
class ConversationView:
    """A stretch of a conversation, oldest first. ``turns`` counts all of its turns."""

    conversation: Conversation
    exchanges: Sequence[Exchange]
    turns: int


class ConversationReader:
    """Reads what is stored; texts are masked there already."""

    def __init__(self, sessions: SessionFactory) -> None:
        self._sessions = sessions

    def conversations(self, sought: Sought, *, limit: int = 50, offset: int = 0) -> list[ConversationLine]:
        """Conversations with such turns, the one with the newest first."""
        found = (
            select(
                Turn.conversation_id,
                func.count().label("turns"),
                func.sum(case((Turn.feedback == "up", 1), else_=0)).label("up"),
                func.sum(case((Turn.feedback == "down", 1), else_=0)).label("down"),
                func.max(Turn.created_at).label("newest"),
            )
            .where(*_conditions(sought))
            .group_by(Turn.conversation_id)
            .order_by(func.max(Turn.created_at).desc(), Turn.conversation_id)
            .limit(limit)
            .offset(offset)
            .subquery()
        )
        newest = (Turn.conversation_id == found.c.conversation_id) & (Turn.created_at == found.c.newest)
        statement = (
            select(found.c.turns, found.c.up, found.c.down, Conversation.channel, Turn)
            .join(Turn, newest)
            .join(Conversation, Conversation.id == found.c.conversation_id)
            .where(*_conditions(sought))
            .order_by(found.c.newest.desc(), found.c.conversation_id)
        )
        with self._sessions() as session:
            rows = session.execute(statement).all()
        lines = {
            turn.conversation_id: ConversationLine(turn.conversation_id, channel, turns, int(up), int(down), turn)
            for turns, up, down, channel, turn in rows
        }
        return list(lines.values())

    def conversation(self, conversation_id: str, *, limit: int = 30, offset: int = 0) -> ConversationView | None:
        """One conversation: its newest ``limit`` turns, after leaving out the ``offset`` newest; None if there is none."""
        with self._sessions() as session:
            conversation = session.get(Conversation, conversation_id)
            if conversation is None:
                return None
            of_it = Turn.conversation_id == conversation_id
            total = session.scalar(select(func.count()).where(of_it)) or 0
            newest = select(Turn).where(of_it).order_by(Turn.created_at.desc(), Turn.id)
            page = list(session.scalars(newest.limit(limit).offset(offset)))[::-1]
            return ConversationView(conversation, _exchanges(session, conversation_id, page, offset, total), total)

    def offset_of(self, turn_id: str) -> int:
        """How many turns of its conversation are newer than this one; 0 where it does not exist."""
        with self._sessions() as session:
            turn = session.get(Turn, turn_id)
            if turn is None:
                return 0
            newer = Turn.conversation_id == turn.conversation_id, Turn.created_at > turn.created_at
            return session.scalar(select(func.count()).where(*newer)) or 0

    def recent_questions(self, limit: int) -> list[str]:
        """What citizens asked lately, the newest first; masked, each once."""
        chosen = (
            select(Turn.text)
            .where(Turn.decision.in_(QUESTIONS), Turn.text != "")
            .order_by(Turn.created_at.desc())
            .limit(limit)
        )
        with self._sessions() as session:
            return list(dict.fromkeys(session.scalars(chosen)))

    def turn(self, turn_id: str) -> Turn | None:
        """One turn."""
        with self._sessions() as session:
            return session.get(Turn, turn_id)


def _conditions(sought: Sought) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if sought.since:
        conditions.append(Turn.created_at >= sought.since)
    if sought.until:
        conditions.append(Turn.created_at < sought.until)
    if sought.decision:
        conditions.append(Turn.decision == sought.decision)
    if sought.feedback:
        conditions.append(Turn.feedback == sought.feedback)
    if sought.text:
        conditions.append(Turn.text.contains(sought.text, autoescape=True))
    return conditions


def _exchanges(
    session: Session, conversation_id: str, turns: Sequence[Turn], offset: int, total: int
) -> list[Exchange]:
    """The turns with their messages, and what was said by itself between them, in order."""
    said: dict[str, list[Message]] = {turn.id: [] for turn in turns}
    for message in session.scalars(select(Message).where(Message.turn_id.in_(said)).order_by(Message.seq)):
        said[str(message.turn_id)].append(message)
    found = [Exchange(turn.created_at, turn, said[turn.id]) for turn in turns]
    alone = select(Message).where(Message.conversation_id == conversation_id, Message.turn_id.is_(None))
    if turns and offset + len(turns) < total:
        alone = alone.where(Message.created_at >= turns[0].created_at)
    if turns and offset:
        alone = alone.where(Message.created_at < turns[-1].created_at)
    found += [Exchange(message.created_at, None, [message]) for message in session.scalars(alone.order_by(Message.seq))]
    return sorted(found, key=lambda one: one.at)
