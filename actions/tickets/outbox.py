"""Messages owed to citizens: written with the change that causes them, sent after it, kept until they are sent."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from sqlalchemy import select, update

from actions.messages import PART, Part
from actions.tickets.models import TicketNotice
from bot.database import SessionFactory

logger = logging.getLogger(__name__)


class CitizenNotifier(Protocol):
    """Brings a message into a conversation, whatever its channel."""

    def notify(self, conversation_id: str, part: Part, *, key: str) -> None:
        """Deliver ``part`` once per ``key``; raises if it could not be taken over for delivery."""


class NoticeOutbox:
    """Hands notices to the notifier. A killed process loses none: what is not marked delivered is sent again."""

    def __init__(self, sessions: SessionFactory, notifier: CitizenNotifier, now: Callable[[], datetime]) -> None:
        self._sessions = sessions
        self._notifier = notifier
        self._now = now

    def deliver(self, limit: int = 100) -> int:
        """Send up to ``limit`` waiting notices, oldest first; returns how many were taken over."""
        with self._sessions() as session:
            waiting = select(TicketNotice).where(TicketNotice.delivered_at.is_(None)).order_by(TicketNotice.id)
            notices = list(session.scalars(waiting.limit(limit)))
        return sum(self._deliver_one(notice) for notice in notices)

    def deliver_event(self, event_id: int) -> None:
        """Send the notice of one event now, if it has one; what fails stays for ``deliver``."""
        with self._sessions() as session:
            due = (TicketNotice.event_id == event_id, TicketNotice.delivered_at.is_(None))
            notice = session.scalar(select(TicketNotice).where(*due))
        if notice is not None:
            self._deliver_one(notice)

    def _deliver_one(self, notice: TicketNotice) -> bool:
        try:
            part = PART.validate_python(notice.part)
            self._notifier.notify(notice.conversation_id, part, key=f"ticket-event-{notice.event_id}")
        except Exception as error:
            # The kind of error only: its words may quote the message.
            logger.warning("ticket notice %s not delivered: %s", notice.id, type(error).__name__)
            return False
        with self._sessions() as session, session.begin():
            delivered = update(TicketNotice).where(TicketNotice.id == notice.id)
            session.execute(delivered.values(delivered_at=self._now()))
        return True
