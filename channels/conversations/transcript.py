"""What was said, as it is shown: read, added to by staff and jobs, and told to whoever listens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from actions.messages import Part
from bot.database import SessionFactory
from bot.security.encryption import FieldCipher
from channels.conversations.models import Conversation, Message, Turn
from channels.conversations.sealed_codes import open_codes

OFFERED_WITHIN = 40
TURN_MESSAGES = (
    select(Message.seq, Message.role, Message.created_at, Message.parts)
    .where(Message.turn_id == bindparam("turn"))
    .order_by(Message.seq)
)


@dataclass(frozen=True)
class MessageView:
    """A message as the transcript shows it."""

    seq: int
    role: str
    turn_id: str | None
    message_id: str | None
    at: datetime
    parts: list[dict[str, Any]]
    feedback: str | None


class Transcript:
    """All messages, as the conversation's owner reads them: query codes are open.

    ``listeners`` and ``screens`` are told of each message nobody waits for: conversation, channel, place. ``screens`` only
    show the transcript; they also hear of messages that the citizen has got by another way.
    """

    def __init__(self, sessions: SessionFactory, cipher: FieldCipher) -> None:
        self._sessions = sessions
        self._cipher = cipher
        self.listeners: list[Callable[[str, str, int], None]] = []
        self.screens: list[Callable[[str, str, int], None]] = []

    def messages(self, conversation_id: str, *, after: int = 0, limit: int = 500) -> list[MessageView]:
        """The transcript after place ``after``, oldest first."""
        with self._sessions() as session:
            rows = session.execute(
                select(Message, Turn.message_id, Turn.feedback)
                .outerjoin(Turn, Turn.id == Message.turn_id)
                .where(Message.conversation_id == conversation_id, Message.seq > after)
                .order_by(Message.seq)
                .limit(limit)
            ).all()
        return [self._view(message, message_id, feedback) for message, message_id, feedback in rows]

    def was_offered(self, conversation_id: str, payload: str) -> bool:
        """Whether one of the last messages offered a button with this payload."""
        with self._sessions() as session:
            rows = session.scalars(
                select(Message.parts)
                .where(Message.conversation_id == conversation_id, Message.role != "citizen")
                .order_by(Message.seq.desc())
                .limit(OFFERED_WITHIN)
            )
            return any(payload in _payloads(part) for parts in rows for part in parts)

    def staff_message(self, conversation_id: str, part: Part, *, key: str) -> None:
        """A message that staff or a job sends; the same ``key`` is said once. Tells the listeners.

        A key seen before tells them again: whoever calls twice was not sure that the first call arrived.
        """
        with self._sessions() as session:
            conversation = session.get(Conversation, conversation_id)
            if conversation is None:
                return
            channel = conversation.channel
            try:
                seq = say(session, conversation_id, "staff", [part], key=key).seq
                session.commit()
            except IntegrityError:
                session.rollback()
                seq = session.scalars(select(Message.seq).where(Message.key == key)).one()
        self.tell(conversation_id, channel, seq)

    def tell(self, conversation_id: str, channel: str, seq: int) -> None:
        """Let everybody know that the message at ``seq`` is there."""
        self.show(conversation_id, channel, seq)
        for listener in self.listeners:
            listener(conversation_id, channel, seq)

    def show(self, conversation_id: str, channel: str, seq: int) -> None:
        """Let those who show the transcript know that the message at ``seq`` is there."""
        for screen in self.screens:
            screen(conversation_id, channel, seq)

    def message(self, seq: int) -> MessageView | None:
        """One message by its place."""
        with self._sessions() as session:
            row = session.get(Message, seq)
        return self._view(row, None, None) if row else None

    def _view(self, message: Message, message_id: str | None, feedback: str | None) -> MessageView:
        parts = open_codes(message.parts, self._cipher)
        return MessageView(
            message.seq, message.role, message.turn_id, message_id, message.created_at, parts, feedback or None
        )


def say(
    session: Session,
    conversation_id: str,
    role: str,
    parts: list[Any],
    *,
    turn_id: str | None = None,
    key: str | None = None,
) -> Message:
    """Add one message to the transcript, inside the caller's transaction; gives it its place."""
    message = Message(**message_row(conversation_id, role, parts, turn_id=turn_id, key=key))
    session.add(message)
    session.flush()
    return message


def message_row(
    conversation_id: str, role: str, parts: list[Any], *, turn_id: str | None = None, key: str | None = None
) -> dict[str, Any]:
    """The columns of a new message."""
    plain = [part if isinstance(part, dict) else part.model_dump(mode="json") for part in parts]
    return {"conversation_id": conversation_id, "turn_id": turn_id, "role": role, "parts": plain, "key": key}


def turn_views(connection: Connection, turn_id: str, message_id: str, feedback: str) -> list[MessageView]:
    """The messages of one turn, oldest first, inside the caller's transaction."""
    rows = connection.execute(TURN_MESSAGES, {"turn": turn_id})
    return [
        MessageView(row.seq, row.role, turn_id, message_id, row.created_at, row.parts, feedback or None) for row in rows
    ]


def _payloads(part: dict[str, Any]) -> set[str]:
    buttons = [*part.get("buttons", []), *part.get("facets", []), *part.get("related", [])]
    buttons += [service["button"] for service in part.get("services", [])]
    return {button["payload"] for button in buttons}
