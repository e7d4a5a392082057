"""Tables of conversations: who talks, each turn with what was decided, each message as it was shown, and what staff
made of it.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.database import Base, utcnow


class Conversation(Base):
    """One citizen's thread with the assistant. ``token_hash`` guards web conversations; ``external_id`` names a
    channel's own user (a WeChat OpenID). ``origin``: a keyed digest of the network address it was opened from.
    """

    __tablename__ = "conversations"
    __table_args__ = (UniqueConstraint("channel", "external_id"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    channel: Mapped[str] = mapped_column(String(20))
    external_id: Mapped[str | None] = mapped_column(String(64))
    token_hash: Mapped[str] = mapped_column(String(64), default="")
    locale: Mapped[str] = mapped_column(String(8), default="zh")
    handled_by: Mapped[str] = mapped_column(String(10), default="bot")
    origin: Mapped[str] = mapped_column(String(64), default="", server_default="")
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    last_at: Mapped[datetime] = mapped_column(default=utcnow, index=True)


class Turn(Base):
    """A citizen's message and all that followed from it.

    ``text`` is masked. ``pending`` holds the encrypted original until the turn is done, so that a killed process loses
    nothing. ``claimed_by`` names the process that works on it and ``claimed_until`` is how long it may take; where nobody
    does, ``claimed_until`` is when it is tried next. ``attempts`` counts who began, ``failures`` what the message may be
    to blame for, ``outages`` what it has nothing to do with. ``candidates``: the acts that competed, cheapest first.
    """

    __tablename__ = "turns"
    __table_args__ = (
        UniqueConstraint("conversation_id", "message_id"),
        Index("ix_turns_status_claimed", "status", "claimed_until"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"))
    message_id: Mapped[str] = mapped_column(String(128))
    status: Mapped[str] = mapped_column(String(10), default="received")
    pending: Mapped[str] = mapped_column(Text, default="")
    claimed_until: Mapped[datetime]
    claimed_by: Mapped[str] = mapped_column(String(64), default="")
    attempts: Mapped[int] = mapped_column(default=1)
    failures: Mapped[int] = mapped_column(default=0)
    outages: Mapped[int] = mapped_column(default=0)
    text: Mapped[str] = mapped_column(Text)
    intent: Mapped[str] = mapped_column(String(60), default="")
    confidence: Mapped[float] = mapped_column(default=0.0)
    ranking: Mapped[list[Any]] = mapped_column(default=list)
    decision: Mapped[str] = mapped_column(String(20), default="", index=True)
    reason: Mapped[str] = mapped_column(String(60), default="")
    entry_id: Mapped[str] = mapped_column(String(80), default="", index=True)
    hits: Mapped[list[Any]] = mapped_column(default=list)
    candidates: Mapped[list[Any]] = mapped_column(default=list)
    latency_ms: Mapped[dict[str, float]] = mapped_column(default=dict)
    feedback: Mapped[str] = mapped_column(String(4), default="")
    created_at: Mapped[datetime] = mapped_column(default=utcnow, index=True)
    done_at: Mapped[datetime | None]


class Message(Base):
    """A message as it stands in the transcript. ``key`` makes a message that staff or a job sends exactly one."""

    __tablename__ = "messages"
    __table_args__ = (Index("ix_messages_conversation_seq", "conversation_id", "seq"),)

    seq: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"))
    turn_id: Mapped[str | None] = mapped_column(String(32), index=True)
    role: Mapped[str] = mapped_column(String(10))
    parts: Mapped[list[Any]]
    key: Mapped[str | None] = mapped_column(String(128), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)


class UnresolvedQuestion(Base):
    """A turn the assistant failed at, until somebody answers or dismisses it."""

    __tablename__ = "unresolved_questions"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    turn_id: Mapped[str] = mapped_column(ForeignKey("turns.id"), unique=True)
    conversation_id: Mapped[str] = mapped_column(String(32))
    question: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(String(60))
    status: Mapped[str] = mapped_column(String(12), default="open", index=True)
    entry_id: Mapped[str] = mapped_column(String(80), default="", index=True)
    closed_by: Mapped[str] = mapped_column(String(80), default="")
    created_at: Mapped[datetime] = mapped_column(default=utcnow, index=True)
    closed_at: Mapped[datetime | None]


class EntryUse(Base):
    """How an entry fared on one day of the city: nothing about persons, so it may be kept when transcripts are deleted.

    ``hits``: turns in which search found it; ``shown``: turns that were answered with it; ``up`` and ``down``: how
    citizens rated those answers, counted on the day of the turn.
    """

    __tablename__ = "entry_use"

    entry_id: Mapped[str] = mapped_column(String(80), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True, index=True)
    hits: Mapped[int] = mapped_column(default=0)
    shown: Mapped[int] = mapped_column(default=0)
    up: Mapped[int] = mapped_column(default=0)
    down: Mapped[int] = mapped_column(default=0)


class TurnDeed(Base):
    """What a member of staff made of a citizen's question: a phrasing, a draft, a training phrase; may be undone once.

    ``phrase`` is what was added; ``version`` the version of the entry that the deed left.
    """

    __tablename__ = "turn_deeds"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    turn_id: Mapped[str] = mapped_column(String(32), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    entry_id: Mapped[str] = mapped_column(String(80), default="")
    version: Mapped[int] = mapped_column(default=0)
    phrase: Mapped[str] = mapped_column(String(200), default="")
    intent: Mapped[str] = mapped_column(String(60), default="")
    actor: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(default=utcnow)
    undone_by: Mapped[str] = mapped_column(String(80), default="")
    undone_at: Mapped[datetime | None]


class TrainingPhrase(Base):
    """A sentence, personal data masked, and the intent it stands for; brought into the next training of the dialogue."""

    __tablename__ = "training_phrases"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    text: Mapped[str] = mapped_column(String(200), unique=True)
    intent: Mapped[str] = mapped_column(String(60))
    added_by: Mapped[str] = mapped_column(String(80))
    added_at: Mapped[datetime] = mapped_column(default=utcnow)
    trained_at: Mapped[datetime | None]


class DangerAlert(Base):
    """A citizen spoke of suicide or violence: staff were told. ``turn_id``: the newest turn of it; ``note``: by staff."""

    __tablename__ = "danger_alerts"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    turn_id: Mapped[str] = mapped_column(String(32))
    kind: Mapped[str] = mapped_column(String(40))
    turns: Mapped[int] = mapped_column(default=1)
    at: Mapped[datetime] = mapped_column(default=utcnow)
    last_at: Mapped[datetime] = mapped_column(default=utcnow)
    taken_by: Mapped[str] = mapped_column(String(80), default="")
    taken_at: Mapped[datetime | None]
    closed_by: Mapped[str] = mapped_column(String(80), default="")
    closed_at: Mapped[datetime | None] = mapped_column(index=True)
    outcome: Mapped[str] = mapped_column(String(20), default="")
    note: Mapped[str] = mapped_column(Text, default="")
