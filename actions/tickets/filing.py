"""Filing a ticket: once per idempotency key, with a number, a query code and its due times."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, selectinload

from actions.tickets.catalogue import CITIZEN, TicketCatalogue
from actions.tickets.drafts import TicketDraft, check_draft
from actions.tickets.legal_clock import BEIJING, LegalClock
from actions.tickets.models import SUGGESTED_WORDS_LENGTH, Ticket, TicketEvent, UnfinishedTicket
from actions.tickets.numbering import make_number, next_sequence
from actions.tickets.query_codes import QueryCodes
from actions.tickets.routing import DepartmentSuggester, Suggestion
from bot.database import SessionFactory
from bot.security.encryption import FieldCipher

ATTEMPTS = 5


def idempotency_digest(*parts: str) -> str:
    """One fixed-length key for what makes a deed unique."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


class TicketFiling:
    """Writes new tickets."""

    def __init__(
        self,
        sessions: SessionFactory,
        catalogue: TicketCatalogue,
        clock: LegalClock,
        cipher: FieldCipher,
        codes: QueryCodes,
        suggester: DepartmentSuggester | None,
        now: Callable[[], datetime],
    ) -> None:
        self._sessions = sessions
        self._catalogue = catalogue
        self._clock = clock
        self._cipher = cipher
        self._codes = codes
        self._suggester = suggester
        self._now = now

    def file(self, draft: TicketDraft, conversation_id: str, idempotency_key: str) -> tuple[Ticket, str]:
        """The ticket, with its events loaded, and its query code; the same ones for the same key again."""
        checked = check_draft(draft, self._catalogue)
        key = idempotency_digest(conversation_id, idempotency_key)
        for _ in range(ATTEMPTS - 1):
            try:
                return self._file_once(checked, conversation_id, key)
            except IntegrityError:
                # Somebody filed with this key, or opened the day's counter, between our look and our write.
                continue
        return self._file_once(checked, conversation_id, key)

    def filed(self, conversation_id: str, idempotency_key: str) -> Ticket | None:
        """What was filed with this key, events loaded."""
        key = idempotency_digest(conversation_id, idempotency_key)
        wanted = select(Ticket).where(Ticket.filing_key == key).options(selectinload(Ticket.events))
        with self._sessions() as session:
            return session.scalar(wanted)

    def _file_once(self, draft: TicketDraft, conversation_id: str, key: str) -> tuple[Ticket, str]:
        with self._sessions() as session, session.begin():
            ticket = session.scalar(select(Ticket).where(Ticket.filing_key == key))
            if ticket is None:
                ticket = self._new_ticket(session, draft, conversation_id, key)
                session.add(ticket)
                # With the ticket, not after it: a draft that outlives its ticket would be offered to be filed again.
                session.execute(delete(UnfinishedTicket).where(UnfinishedTicket.conversation_id == conversation_id))
                session.flush()
            code = self._codes.open(ticket.code_cipher)
            _ = ticket.events  # loaded here: the caller has no session
            return ticket, code

    def _new_ticket(self, session: Session, draft: TicketDraft, conversation_id: str, key: str) -> Ticket:
        now = self._now()
        today = now.astimezone(BEIJING).date()
        number = make_number(self._catalogue.number_prefix, today, next_sequence(session, today))
        code = self._codes.issue()
        return Ticket(
            number=number,
            filing_key=key,
            conversation_id=conversation_id,
            kind=draft.kind,
            status=self._catalogue.initial,
            what=draft.what,
            where=draft.where,
            when=draft.when,
            anonymous=draft.anonymous,
            contact_cipher=self._cipher.encrypt(draft.contact) if draft.contact else "",
            contact_name_cipher=self._cipher.encrypt(draft.contact_name) if draft.contact_name else "",
            code_cipher=self._codes.seal(code),
            code_hash=self._codes.digest(number, code),
            **self._suggested(draft),
            created_at=now,
            updated_at=now,
            **self._due_times(draft.kind, now),
            events=[self._filed_event(now)],
        )

    def _suggested(self, draft: TicketDraft) -> dict[str, object]:
        found = self._suggester.suggest(draft.what, draft.where) if self._suggester else Suggestion()
        words = "、".join(found.words)
        while len(words) > SUGGESTED_WORDS_LENGTH:
            words = words.rpartition("、")[0]
        return {
            "suggested_department": found.department,
            "suggested_function": found.function,
            "suggested_probability": found.probability,
            "suggested_words": words,
        }

    def _filed_event(self, now: datetime) -> TicketEvent:
        return TicketEvent(
            actor=CITIZEN,
            action="file",
            from_status="",
            to_status=self._catalogue.initial,
            citizen_text=self._catalogue.events["file"].history,
            visible_to_citizen=True,
            at=now,
        )

    def _due_times(self, kind_name: str, now: datetime) -> dict[str, object]:
        kind, limits = self._catalogue.kinds[kind_name], self._catalogue.time_limits
        accept = self._clock.due(now, limits[kind.accept])
        reply = self._clock.due(now, limits[kind.reply])
        latest = self._clock.due(now, limits[kind.ceiling])
        running = {"accept": accept.at, "reply": reply.at, "none": None}
        return {
            "accept_due_at": accept.at,
            "reply_due_at": reply.at,
            "latest_due_at": latest.at,
            "due_at": running[self._catalogue.statuses[self._catalogue.initial].due],
            "due_certain": accept.certain and reply.certain,
        }
