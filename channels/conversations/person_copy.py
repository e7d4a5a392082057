"""A person's own data in one piece: what the law lets everybody see and take along (个人信息保护法 第四十五条)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from actions.tickets.catalogue import load_catalogue
from actions.tickets.models import Ticket
from bot.database import SessionFactory
from bot.security.encryption import FieldCipher
from channels.conversations.deletion import ConversationNotFound
from channels.conversations.models import Conversation, Message, Turn


def copy_for_person(sessions: SessionFactory, cipher: FieldCipher, conversation_id: str) -> dict[str, Any]:
    """Conversation, messages and tickets as JSON would hold them; raises ConversationNotFound.

    The texts are masked, as they are stored; telephone number and name in a ticket are opened: they are the person's own.
    """
    with sessions() as session:
        conversation = session.get(Conversation, conversation_id)
        if conversation is None:
            raise ConversationNotFound(conversation_id)
        said = select(Message).where(Message.conversation_id == conversation_id).order_by(Message.seq)
        turns = select(Turn).where(Turn.conversation_id == conversation_id).order_by(Turn.created_at, Turn.id)
        filed = select(Ticket).where(Ticket.conversation_id == conversation_id).order_by(Ticket.id)
        return {
            "conversation": {
                "id": conversation.id,
                "channel": conversation.channel,
                "wechat_openid": conversation.external_id,
                "begun": _time(conversation.created_at),
                "last_message": _time(conversation.last_at),
            },
            "questions": [
                {
                    "at": _time(turn.created_at),
                    "text": turn.text,
                    "decision": turn.decision,
                    "rating": turn.feedback or None,
                }
                for turn in session.scalars(turns)
            ],
            "messages": [
                {"at": _time(message.created_at), "from": message.role, "parts": message.parts}
                for message in session.scalars(said)
            ],
            "tickets": [_ticket(ticket, cipher) for ticket in session.scalars(filed)],
        }


def _ticket(ticket: Ticket, cipher: FieldCipher) -> dict[str, Any]:
    return {
        "number": ticket.number,
        "kind": ticket.kind,
        "status": ticket.status,
        "what": ticket.what,
        "where": ticket.where,
        "when": ticket.when,
        "telephone": _opened(ticket.contact_cipher, cipher, f"telephone number of ticket {ticket.number}"),
        "name": _opened(ticket.contact_name_cipher, cipher, f"name of ticket {ticket.number}"),
        "filed": _time(ticket.created_at),
        "history": [
            {"at": _time(event.at), "text": event.citizen_text} for event in ticket.events if event.visible_to_citizen
        ],
    }


def _opened(sealed: str | None, cipher: FieldCipher, what: str) -> str | None:
    """The value, or words that say that it was lost with its key: the person gets the rest all the same."""
    return cipher.decrypt_or(sealed, load_catalogue().words("unreadable"), what=what) if sealed else None


def _time(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
