"""Answers that were given from an entry or a policy document, also long after either was changed or taken out of force."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Text, and_, cast, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from bot.database import SessionFactory
from channels.conversations.models import Conversation, Message, Turn
from knowledge_base.models import Entry, EntryRevision, PolicyDocument


@dataclass(frozen=True)
class PastAnswer:
    """One answer: when, to which masked question, from which entry, over which channel, how it was rated."""

    turn_id: str
    conversation_id: str
    at: datetime
    question: str
    entry_id: str
    title: str
    channel: str
    feedback: str


@dataclass(frozen=True)
class PastAnswersPage:
    """A slice, newest first, and how many there are in all."""

    answers: Sequence[PastAnswer]
    total: int


class PastAnswers:
    """Reads the turns that were answered."""

    def __init__(self, sessions: SessionFactory) -> None:
        self._sessions = sessions

    def of_entry(self, entry_id: str, *, limit: int = 50, offset: int = 0) -> PastAnswersPage:
        """Answers given with this entry."""
        return self._page([Turn.entry_id == entry_id], limit, offset)

    def of_document(self, document_id: str, *, article: str = "", limit: int = 50, offset: int = 0) -> PastAnswersPage:
        """Answers that named this document as their source, as it stood in the answer then: its own passages, and
        every other entry that rested on it. ``article`` leaves those that named this article (第九条).
        """
        with self._sessions() as session:
            document = session.get(PolicyDocument, document_id)
            if document is None:
                return PastAnswersPage((), 0)
            namesakes = select(PolicyDocument.number).where(
                PolicyDocument.title == document.title, PolicyDocument.id != document_id, PolicyDocument.number != ""
            )
            others = list(session.scalars(namesakes))
        passages = Turn.entry_id.in_(select(Entry.id).where(Entry.document_id == document_id))
        # An entry may have been changed since to rest on the successor: its old texts are in its history.
        rested = select(EntryRevision.entry_id).where(_has(EntryRevision.snapshot, document.title))
        foreign = select(Entry.id).where(Entry.document_id.notin_(["", document_id]))
        cited = and_(
            Turn.entry_id.in_(rested),
            Turn.entry_id.notin_(foreign),
            _reply(_has(Message.parts, document.title)),
            *(~_reply(_contains(Message.parts, f'"{number}"')) for number in others),
        )
        here = [_reply(_contains(Message.parts, f'"{article}'))] if article else []
        return self._page([or_(passages, cited), *here], limit, offset)

    def _page(self, conditions: Sequence[ColumnElement[bool]], limit: int, offset: int) -> PastAnswersPage:
        answered = Turn.decision == "answer", *conditions
        statement = (
            select(Turn, Conversation.channel, Entry.title)
            .join(Conversation, Conversation.id == Turn.conversation_id)
            .outerjoin(Entry, Entry.id == Turn.entry_id)
            .where(*answered)
            .order_by(Turn.created_at.desc(), Turn.id)
            .limit(limit)
            .offset(offset)
        )
        with self._sessions() as session:
            total = session.scalar(select(func.count()).select_from(Turn).where(*answered)) or 0
            rows = session.execute(statement).all()
        answers = [
            PastAnswer(
                turn.id, turn.conversation_id, turn.created_at, turn.text, turn.entry_id, title or "", channel,
                turn.feedback,
            )
            for turn, channel, title in rows
        ]  # fmt: skip
        return PastAnswersPage(answers, total)


def _reply(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether what the assistant said in the turn is so."""
    return exists().where(Message.turn_id == Turn.id, Message.role == "bot", condition)


def _has(column: InstrumentedAttribute[Any], title: str) -> ColumnElement[bool]:
    """Whether a JSON column holds this title, in book marks or without."""
    return or_(*(_contains(column, f'"{one}"') for one in (title, f"《{title}》")))


def _contains(column: InstrumentedAttribute[Any], text: str) -> ColumnElement[bool]:
    return cast(column, Text).contains(text, autoescape=True)
