from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import text
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session, sessionmaker

from bot.migrate import alembic_config
from channels.conversations.models import Conversation


def test_the_migrations_give_exactly_the_tables_of_the_models(database_file: Path) -> None:
    command.check(alembic_config(f"sqlite:///{database_file}"))


def test_the_migrations_can_be_undone(database_file: Path) -> None:
    command.downgrade(alembic_config(f"sqlite:///{database_file}"), "base")


def test_times_come_back_aware_and_naive_times_are_refused(sessions: sessionmaker[Session]) -> None:
    at = datetime(2026, 5, 1, 8, 0, tzinfo=timezone(timedelta(hours=8)))
    with sessions() as session, session.begin():
        session.add(Conversation(id="a", channel="web", created_at=at))
    with sessions() as session:
        assert session.get_one(Conversation, "a").created_at == datetime(2026, 5, 1, tzinfo=UTC)
        with pytest.raises(StatementError, match="naive"):
            session.add(Conversation(id="b", channel="web", created_at=at.replace(tzinfo=None)))
            session.flush()


def test_sqlite_writes_ahead_and_checks_foreign_keys(sessions: sessionmaker[Session]) -> None:
    with sessions() as session:
        assert session.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert session.execute(text("PRAGMA foreign_keys")).scalar() == 1
