"""Tables of the ticket domain."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Double, ForeignKey, Index, String, Text, event
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bot.database import Base, utcnow

SUGGESTED_WORDS_LENGTH = 120


class Ticket(Base):
    """A request of a citizen. Contact, name and query code are ciphertext; due times are set by the legal clock.

    ``filing_key`` and ``code_hash`` are hex digests. ``due_at`` is the limit that runs now, None when none does.
    ``latest_due_at`` is the day no extension goes beyond. ``version`` rises by one with every change.
    ``suggested_…`` is what the routing model held the ticket for when it was filed: the department is empty where it was
    not sure, the probability (0–1) None where no model was asked, the words that decided stand joined by 、.
    """

    __tablename__ = "tickets"
    __table_args__ = (
        Index("ix_tickets_status_due_at", "status", "due_at"),
        Index("ix_tickets_conversation_id_id", "conversation_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    filing_key: Mapped[str] = mapped_column(String(64), unique=True)
    conversation_id: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(20))
    status: Mapped[str] = mapped_column(String(20))
    what: Mapped[str] = mapped_column(Text)
    where: Mapped[str] = mapped_column(String(300))
    when: Mapped[str] = mapped_column(String(100))
    anonymous: Mapped[bool]
    contact_cipher: Mapped[str] = mapped_column(Text)
    contact_name_cipher: Mapped[str] = mapped_column(Text)
    code_cipher: Mapped[str] = mapped_column(Text)
    code_hash: Mapped[str] = mapped_column(String(64))
    suggested_department: Mapped[str] = mapped_column(String(40))
    suggested_function: Mapped[str] = mapped_column(String(40), default="")
    suggested_probability: Mapped[float | None] = mapped_column(Double)
    suggested_words: Mapped[str] = mapped_column(String(SUGGESTED_WORDS_LENGTH), default="")
    department: Mapped[str] = mapped_column(String(40), default="", index=True)
    accept_due_at: Mapped[datetime]
    reply_due_at: Mapped[datetime]
    latest_due_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    due_certain: Mapped[bool]
    version: Mapped[int] = mapped_column()
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    updated_at: Mapped[datetime] = mapped_column(default=utcnow)
    events: Mapped[list[TicketEvent]] = relationship(back_populates="ticket", order_by="TicketEvent.id")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form


class TicketEvent(Base):
    """One thing that happened to a ticket; rows are added, never changed.

    ``citizen_text`` is the line the citizen reads, as it was worded then. ``action_key`` is the hex digest of the
    idempotency key of a citizen's action, None for the deeds of staff.
    """

    __tablename__ = "ticket_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    action_key: Mapped[str | None] = mapped_column(String(64), unique=True)
    actor: Mapped[str] = mapped_column(String(80))
    action: Mapped[str] = mapped_column(String(40))
    from_status: Mapped[str] = mapped_column(String(20))
    to_status: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text, default="")
    citizen_text: Mapped[str] = mapped_column(Text, default="")
    visible_to_citizen: Mapped[bool]
    at: Mapped[datetime] = mapped_column(default=utcnow)
    ticket: Mapped[Ticket] = relationship(back_populates="events")


class TicketNotice(Base):
    """A message owed to the citizen, written with the change that causes it and kept until it is delivered.

    ``part`` is an ``actions.messages.Part`` as JSON.
    """

    __tablename__ = "ticket_notices"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("ticket_events.id"), unique=True)
    conversation_id: Mapped[str] = mapped_column(String(80))
    part: Mapped[dict[str, Any]]
    delivered_at: Mapped[datetime | None] = mapped_column(index=True)


class TicketCounter(Base):
    """How many tickets a day (yyyymmdd, Beijing) has so far."""

    __tablename__ = "ticket_counters"

    day: Mapped[str] = mapped_column(String(8), primary_key=True)
    last: Mapped[int]


class TicketLookupFailure(Base):
    """A wrong query code for a number, whether or not such a ticket exists, and who typed it; forgotten after a while.

    ``origin`` is a keyed digest of the network address that opened the conversation, empty where none is known.
    """

    __tablename__ = "ticket_lookup_failures"
    __table_args__ = (
        Index("ix_ticket_lookup_failures_number_at", "number", "at"),
        Index("ix_ticket_lookup_failures_conversation_id_at", "conversation_id", "at"),
        Index("ix_ticket_lookup_failures_origin_at", "origin", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(24))
    conversation_id: Mapped[str] = mapped_column(String(80))
    origin: Mapped[str] = mapped_column(String(64), default="")
    at: Mapped[datetime] = mapped_column(index=True)


class TicketLookupAlarm(Base):
    """That many wrong codes were typed for a number, or for all (``*``): so that it is said once, not at every code."""

    __tablename__ = "ticket_lookup_alarms"
    __table_args__ = (Index("ix_ticket_lookup_alarms_number_at", "number", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(24))
    at: Mapped[datetime]


class UnfinishedTicket(Base):
    """The draft of a form that is open, or whose memory was lost; ``sealed`` is ciphertext of all of it."""

    __tablename__ = "unfinished_tickets"

    conversation_id: Mapped[str] = mapped_column(String(80), primary_key=True)
    sealed: Mapped[str] = mapped_column(Text)
    updated_at: Mapped[datetime] = mapped_column(index=True)


@event.listens_for(TicketEvent, "before_update")
@event.listens_for(TicketEvent, "before_delete")
def _refuse_rewriting_history(_mapper: object, _connection: object, target: TicketEvent) -> None:
    raise RuntimeError(f"ticket event {target.id} is history and cannot be changed")
