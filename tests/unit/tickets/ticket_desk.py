"""A ticket service over a real SQLite file, with a clock that can be turned and a notifier that remembers."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import create_engine, text

from actions.messages import Part
from actions.tickets.drafts import TicketDraft
from actions.tickets.legal_clock import BEIJING
from actions.tickets.scope import EVERY_TICKET
from actions.tickets.service import TicketService
from actions.tickets.staff import StaffTickets
from bot.database import Base, create_database_engine, create_session_factory
from bot.security.encryption import FieldCipher, derive_key

SECRET = "a secret for tests that is long enough to be one"
LAMP = TicketDraft(
    kind="complaint",
    what="小区门口的路灯坏了三天，晚上很黑",
    where="云东区为民路12号门口",
    when="这三天",
    contact="13800138000",
    contact_name="王女士",
)


class RememberingNotifier:
    def __init__(self) -> None:
        self.sent: dict[str, tuple[str, Part]] = {}
        self.calls = 0
        self.broken = False

    def notify(self, conversation_id: str, part: Part, *, key: str) -> None:
        self.calls += 1
        if self.broken:
            raise ConnectionError("no way to the citizen")
        self.sent.setdefault(key, (conversation_id, part))

    @property
    def parts(self) -> list[Part]:
        return [part for _, part in self.sent.values()]


class Desk:
    def __init__(self, folder: Path, start: datetime = datetime(2026, 11, 16, 10, 0, tzinfo=BEIJING)) -> None:
        self.dsn = f"sqlite:///{folder / 'tickets.db'}"
        self.engine = create_database_engine(self.dsn)
        Base.metadata.create_all(self.engine)
        self.sessions = create_session_factory(self.engine)
        self.notifier = RememberingNotifier()
        self.time = start
        self.service = self.new_service()

    def new_service(self, **options: object) -> TicketService:
        return TicketService(
            self.sessions,
            FieldCipher(SECRET),
            self.notifier,
            code_key=derive_key(SECRET, "ticket-query-code"),
            now=lambda: self.time,
            **options,
        )

    @property
    def staff(self) -> StaffTickets:
        return self.service.for_staff(EVERY_TICKET)

    def pass_time(self, **amount: float) -> None:
        self.time += timedelta(**amount)

    def filed(self, draft: TicketDraft = LAMP, key: str = "message-1", conversation: str = "c1") -> str:
        return self.service.file(draft, conversation_id=conversation, idempotency_key=key).ticket.number

    def handling(self) -> str:
        number = self.filed()
        self.staff.change(number, "accept", actor="李工")
        self.staff.change(number, "assign", actor="李工", department="city_management")
        return number

    def raw(self, sql: str) -> list[tuple[object, ...]]:
        engine = create_engine(self.dsn)
        with engine.connect() as connection:
            rows = [tuple(row) for row in connection.execute(text(sql))]
        engine.dispose()
        return rows

    def close(self) -> None:
        self.engine.dispose()
