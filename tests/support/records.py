"""What a running assistant has stored, read from its database by tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import func, select

from actions.tickets.models import Ticket
from bot.database import create_database_engine, create_session_factory
from bot.settings import Settings
from channels.conversations.models import Conversation, Message, Turn

COUNTED = (Conversation, Turn, Message, Ticket)


class Records:
    """Reads only; every call sees what is committed now."""

    def __init__(self, settings: Settings) -> None:
        self._engine = create_database_engine(settings.database_dsn)
        self._sessions = create_session_factory(self._engine)

    def counts(self) -> dict[str, int]:
        """Rows in each table that a citizen's message may touch."""
        with self._sessions() as session:
            return {
                model.__tablename__: session.scalar(select(func.count()).select_from(model)) or 0 for model in COUNTED
            }

    def turns(self, conversation_id: str) -> list[Turn]:
        """The turns of a conversation, oldest first."""
        with self._sessions() as session:
            return list(
                session.scalars(select(Turn).where(Turn.conversation_id == conversation_id).order_by(Turn.created_at))
            )

    def turn(self, conversation_id: str, message_id: str) -> Turn | None:
        """The turn of one message."""
        found = [turn for turn in self.turns(conversation_id) if turn.message_id == message_id]
        assert len(found) <= 1, "one message made several turns"
        return found[0] if found else None

    def messages(self, conversation_id: str, role: str) -> list[Message]:
        """The messages of one side, oldest first."""
        with self._sessions() as session:
            return list(
                session.scalars(
                    select(Message)
                    .where(Message.conversation_id == conversation_id, Message.role == role)
                    .order_by(Message.seq)
                )
            )

    def tickets(self, conversation_id: str) -> list[Ticket]:
        """The tickets that a conversation filed."""
        with self._sessions() as session:
            return list(session.scalars(select(Ticket).where(Ticket.conversation_id == conversation_id)))

    def conversation_of(self, external_id: str) -> str:
        """The conversation of a channel's own user; empty while there is none."""
        with self._sessions() as session:
            return session.scalar(select(Conversation.id).where(Conversation.external_id == external_id)) or ""

    def close(self) -> None:
        """Close the connections."""
        self._engine.dispose()


@contextmanager
def records_of(settings: Settings) -> Iterator[Records]:
    """The records of one assistant."""
    records = Records(settings)
    try:
        yield records
    finally:
        records.close()
