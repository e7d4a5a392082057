"""A data folder as a city has it after some time of work, without any process running."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from assistant import free_port

from actions.messages import TextPart
from actions.tickets.drafts import TicketDraft
from bot.container import Storage, build_storage
from bot.migrate import migrate
from bot.settings import Settings
from channels.conversations.models import TrainingPhrase
from channels.inbound import Inbound, TurnResult

SECRET = "a root key for tests that is long enough"
PASSWORD = "Tausend-Berge-7"
PHONE = "13800001111"
QUESTION = "我家楼下的井盖翘起来了该找谁"


def installation_settings(folder: Path, **more: object) -> Settings:
    """Settings of an installation of its own: its folder, ports nobody uses."""
    ports = {name: free_port() for name in ("port", "internal_port", "rasa_port", "redis_port")}
    return Settings.model_validate({"data_dir": folder, **ports, **more})


@contextmanager
def storage_of(settings: Settings) -> Iterator[Storage]:
    """The services on an installation's database, closed at the end."""
    storage = build_storage(settings)
    try:
        yield storage
    finally:
        storage.engine.dispose()


def settle(settings: Settings, *, questions: int = 3) -> tuple[str, str, str]:
    """Fill an installation: an account, a conversation, a ticket, what was learned. The conversation's id, the ticket's
    number and its query code.
    """
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    migrate(settings.database_dsn)
    with storage_of(settings) as storage:
        storage.accounts.create("wangfang", password=PASSWORD, display_name="王芳", roles=["curator"])
        opened = storage.conversations.open("web")
        for number in range(questions):
            ask(storage, opened.id, f"{QUESTION}{number}")
        ticket = storage.tickets.file(
            TicketDraft(
                kind="complaint", what="井盖翘起", where="春风路3号", when="昨天", contact=PHONE, contact_name="李雷"
            ),
            conversation_id=opened.id,
            idempotency_key="once",
        )
        with storage.sessions() as session, session.begin():
            session.add(TrainingPhrase(text="井盖坏了", intent="complain", added_by="wangfang"))
    learned = settings.data_dir / "routing" / "20260101-000000"
    learned.mkdir(parents=True)
    (learned / "about.json").write_text("{}", encoding="utf-8")
    (settings.data_dir / "calibration").mkdir()
    (settings.data_dir / "calibration" / "0123.json").write_text('{"factor": 1.5}', encoding="utf-8")
    return opened.id, ticket.ticket.number, ticket.code


def ask(storage: Storage, conversation_id: str, text: str, message_id: str = "") -> str:
    """One finished turn; its id."""
    begun = storage.conversations.begin(
        Inbound(channel="web", conversation_id=conversation_id, message_id=message_id or text, kind="text", text=text)
    )
    storage.conversations.finish(
        TurnResult(turn_id=begun.turn_id, parts=[TextPart(text=f"关于{text}")], decision="answer"), []
    )
    return begun.turn_id
