"""Drafts of tickets while their form is open: what the citizen told so far, kept where it outlives the dialogue's memory."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from actions.tickets.models import UnfinishedTicket
from bot.database import SessionFactory
from bot.security.encryption import DecryptionError, FieldCipher

logger = logging.getLogger(__name__)
Values = Mapping[str, str | None]


@dataclass(frozen=True)
class Unfinished:
    """A draft as the form left it. ``key`` tells drafts apart; ``values``: field → words, None where still to be asked."""

    key: str
    values: Values


class UnfinishedTickets:
    """One draft a conversation, encrypted as a whole; gone when it is filed, given up, or older than ``days``."""

    def __init__(self, sessions: SessionFactory, cipher: FieldCipher, now: Callable[[], datetime], days: int) -> None:
        self._sessions = sessions
        self._cipher = cipher
        self._now = now
        self._kept_for = timedelta(days=days)

    def keep(self, conversation_id: str, draft: Unfinished) -> bool:
        """Keep the draft in place of an earlier one; false where that failed, which must not stop the form."""
        sealed = self._cipher.encrypt(json.dumps({"key": draft.key, "values": dict(draft.values)}))
        for _ in range(2):
            try:
                with self._sessions() as session, session.begin():
                    row = session.get(UnfinishedTicket, conversation_id)
                    if row is None:
                        row = UnfinishedTicket(conversation_id=conversation_id)
                        session.add(row)
                    row.sealed, row.updated_at = sealed, self._now()
                return True
            except IntegrityError:
                continue  # the first step of the same form, heard twice at once
            except SQLAlchemyError as error:
                logger.warning("a ticket's draft could not be kept: %s", type(error).__name__)
                return False
        return False

    def of(self, conversation_id: str) -> Unfinished | None:
        """The draft of a conversation; None where there is none that is young enough and can be opened."""
        wanted = select(UnfinishedTicket.sealed).where(
            UnfinishedTicket.conversation_id == conversation_id, UnfinishedTicket.updated_at > self._oldest
        )
        with self._sessions() as session:
            sealed = session.scalar(wanted)
        if sealed is None:
            return None
        try:
            data = json.loads(self._cipher.decrypt(sealed))
        except DecryptionError:
            return None
        return Unfinished(data["key"], data["values"])

    def forget(self, conversation_id: str) -> None:
        """The draft was given up."""
        with self._sessions() as session, session.begin():
            session.execute(delete(UnfinishedTicket).where(UnfinishedTicket.conversation_id == conversation_id))

    def forget_old(self) -> int:
        """Delete drafts that nobody came back for; returns how many."""
        with self._sessions() as session, session.begin():
            old = session.execute(delete(UnfinishedTicket).where(UnfinishedTicket.updated_at <= self._oldest))
            return int(old.rowcount)  # type: ignore[attr-defined]

    @property
    def _oldest(self) -> datetime:
        return self._now() - self._kept_for
