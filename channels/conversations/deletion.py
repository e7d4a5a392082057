"""Deleting a conversation for good: what goes, what stays and why, and the deed itself.

Tickets stay: they are official records of the city with a term of their own. So does what says nothing about a person:
how often entries were found, what staff did.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import ColumnElement, and_, delete, exists, func, select
from sqlalchemy.orm import Session, aliased

from actions.tickets.models import Ticket, TicketLookupFailure, TicketNotice, UnfinishedTicket
from bot.database import Base, SessionFactory, utcnow
from bot.security.models import AuditRecord
from channels.conversations.models import (
    Conversation,
    DangerAlert,
    Message,
    TrainingPhrase,
    Turn,
    TurnDeed,
    UnresolvedQuestion,
)

LONGEST_CLAIM = timedelta(minutes=10)
Counts = dict[str, int]
"""Rows by table."""


class ConversationNotFound(LookupError):
    """There is no such conversation."""


class TurnInProgress(RuntimeError):
    """A message of the conversation is being answered at this moment."""


@dataclass(frozen=True)
class Traces:
    """The names under which other stores may know of conversations: their ids, the channel's message ids, places."""

    conversations: frozenset[str]
    messages: frozenset[str]
    places: frozenset[int]


class ShortMemory(Protocol):
    """What is kept of conversations outside of the database."""

    def count(self, traces: Traces) -> int:
        """How many things it holds; raises OSError if it cannot be asked."""

    def forget(self, traces: Traces) -> int:
        """Drop them; returns how many there were. Raises OSError if it cannot be asked."""


@dataclass(frozen=True)
class Preview:
    """What a deletion would do. ``remembered``: things outside of the database that go too; ``tickets``: the numbers of
    tickets that stay; ``phrasings``: sentences that staff made phrasings of entries, which stay; ``audit``: records that
    name the conversation, which stay.
    """

    conversation_id: str
    channel: str
    begun: datetime
    last: datetime
    goes: Counts
    remembered: int
    tickets: tuple[str, ...]
    phrasings: tuple[str, ...]
    audit: int


class ConversationDeletion:
    """Finds, previews, deletes."""

    def __init__(self, sessions: SessionFactory, memory: ShortMemory) -> None:
        self._sessions = sessions
        self._memory = memory

    def find(self, *, conversation_id: str = "", openid: str = "", ticket: str = "") -> str:
        """The id of the conversation that is meant; raises ConversationNotFound."""
        if conversation_id:
            chosen = select(Conversation.id).where(Conversation.id == conversation_id)
        elif openid:
            chosen = select(Conversation.id).where(Conversation.channel == "wechat", Conversation.external_id == openid)
        else:
            filed = select(Ticket.conversation_id).where(Ticket.number == ticket)
            chosen = select(Conversation.id).where(Conversation.id.in_(filed))
        with self._sessions() as session:
            found = session.scalar(chosen)
        if found is None:
            raise ConversationNotFound(conversation_id or openid or ticket)
        return found

    def preview(self, conversation_id: str, *, keep_phrases: bool = False) -> Preview:
        """What would go and what would stay; raises ConversationNotFound, and OSError if the short memory is away."""
        with self._sessions() as session:
            conversation = session.get(Conversation, conversation_id)
            if conversation is None:
                raise ConversationNotFound(conversation_id)
            goes = {
                model.__tablename__: session.scalar(select(func.count()).select_from(model).where(condition)) or 0
                for model, condition in _chosen([conversation_id], keep_phrases=keep_phrases)
            }
            tickets = session.scalars(select(Ticket.number).where(Ticket.conversation_id == conversation_id))
            linked = and_(TurnDeed.kind.in_(("link", "draft")), TurnDeed.undone_at.is_(None), TurnDeed.phrase != "")
            phrasings = session.scalars(
                select(TurnDeed.phrase).where(_of_turns(TurnDeed.turn_id, [conversation_id]), linked)
            )
            named = select(func.count()).where(AuditRecord.object.contains(conversation_id, autoescape=True))
            return Preview(
                conversation_id=conversation_id,
                channel=conversation.channel,
                begun=conversation.created_at,
                last=conversation.last_at,
                goes=goes,
                remembered=self._memory.count(traces_of(session, [conversation_id])),
                tickets=tuple(tickets),
                phrasings=tuple(phrasings),
                audit=session.scalar(named) or 0,
            )

    def delete(self, conversation_id: str, *, keep_phrases: bool = False) -> Counts:
        """Delete it; returns the rows that went. Raises ConversationNotFound, TurnInProgress, and OSError, with nothing
        deleted, if the short memory is away.
        """
        with self._sessions() as session, session.begin():
            if session.get(Conversation, conversation_id) is None:
                raise ConversationNotFound(conversation_id)
            now = utcnow()
            # One that waits for its pause is nobody's; a claim that ends later than any claim could is none.
            held = and_(Turn.claimed_by != "", Turn.claimed_until > now, Turn.claimed_until < now + LONGEST_CLAIM)
            working = and_(Turn.status == "received", held)
            if session.scalar(select(Turn.id).where(Turn.conversation_id == conversation_id, working)):
                raise TurnInProgress(conversation_id)
            traces = traces_of(session, [conversation_id])
            # Before the rows: killed in between, the rows still say what there is to forget.
            self._memory.forget(traces)
            gone = delete_rows(session, [conversation_id], keep_phrases=keep_phrases)
        # After them too: until they were gone a message of the citizen may have been answered.
        self._memory.forget(traces)
        return gone

    def forget_only(self, conversation_id: str) -> int:
        """Drop what the short memory still holds of a conversation whose rows are gone."""
        return self._memory.forget(Traces(frozenset({conversation_id}), frozenset(), frozenset()))


def traces_of(session: Session, ids: Sequence[str]) -> Traces:
    """The names under which these conversations may be known elsewhere."""
    messages = session.scalars(select(Turn.message_id).where(Turn.conversation_id.in_(ids)))
    places = session.scalars(select(Message.seq).where(Message.conversation_id.in_(ids)))
    return Traces(frozenset(ids), frozenset(messages), frozenset(places))


def delete_rows(session: Session, ids: Sequence[str], *, keep_phrases: bool) -> Counts:
    """Delete all rows of these conversations inside the caller's transaction; returns how many went by table."""
    gone: Counts = {}
    for model, condition in _chosen(ids, keep_phrases=keep_phrases):
        statement = delete(model).where(condition).execution_options(synchronize_session=False)
        result: Any = session.execute(statement)
        gone[model.__tablename__] = int(result.rowcount)
    return gone


def _of_turns(column: Any, ids: Sequence[str]) -> ColumnElement[bool]:
    condition: ColumnElement[bool] = column.in_(select(Turn.id).where(Turn.conversation_id.in_(ids)))
    return condition


def _chosen(ids: Sequence[str], *, keep_phrases: bool) -> list[tuple[type[Base], ColumnElement[bool]]]:
    """The rows of each table, in an order that foreign keys allow."""
    phrases = [] if keep_phrases else [(TrainingPhrase, _only_from(ids))]
    return [
        *phrases,
        (TurnDeed, _of_turns(TurnDeed.turn_id, ids)),
        (UnresolvedQuestion, _of_turns(UnresolvedQuestion.turn_id, ids)),
        (DangerAlert, DangerAlert.conversation_id.in_(ids)),
        (Message, Message.conversation_id.in_(ids)),
        (TicketNotice, TicketNotice.conversation_id.in_(ids)),
        (UnfinishedTicket, UnfinishedTicket.conversation_id.in_(ids)),
        (TicketLookupFailure, TicketLookupFailure.conversation_id.in_(ids)),
        (Turn, Turn.conversation_id.in_(ids)),
        (Conversation, Conversation.id.in_(ids)),
    ]


def _only_from(ids: Sequence[str]) -> ColumnElement[bool]:
    """Training phrases that staff took from these conversations and from no other."""
    other = aliased(TurnDeed)
    made = and_(TurnDeed.kind == "training", TurnDeed.undone_at.is_(None), _of_turns(TurnDeed.turn_id, ids))
    elsewhere = exists().where(
        other.kind == "training",
        other.undone_at.is_(None),
        other.phrase == TrainingPhrase.text,
        ~_of_turns(other.turn_id, ids),
    )
    return and_(TrainingPhrase.text.in_(select(TurnDeed.phrase).where(made)), ~elsewhere)
