from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from database_servers import mariadb, postgresql
from sqlalchemy import JSON, Connection, Engine, MetaData, Table, column, insert, select, table, text
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session, sessionmaker

from actions.tickets.models import Ticket
from bot.database import create_database_engine, create_session_factory
from bot.migrate import alembic_config
from channels.conversations.models import Conversation, Message
from knowledge_base.content_schema import LONGEST_SUMMARY_EN
from knowledge_base.models import Entry, EntryRevision
from knowledge_base.revisions import form_in, form_of


def test_the_migrations_give_exactly_the_tables_of_the_models(database_file: Path) -> None:
    command.check(alembic_config(f"sqlite:///{database_file}"))


def test_the_migrations_can_be_undone(database_file: Path) -> None:
    command.downgrade(alembic_config(f"sqlite:///{database_file}"), "base")


def test_tickets_filed_before_they_had_suggestions_stay_as_they_are(tmp_path: Path) -> None:
    dsn = f"sqlite:///{tmp_path / 'old.db'}"
    command.upgrade(alembic_config(dsn), "0001")
    engine = create_database_engine(dsn)
    with engine.begin() as connection:
        old_row(connection, "tickets", what="路灯坏了", suggested_department="city_management")
        old_row(connection, "ticket_events", ticket_id=1, action="file", citizen_text="已登记")
    command.upgrade(alembic_config(dsn), "head")
    with create_session_factory(engine)() as session:
        ticket = session.get_one(Ticket, 1)
        assert (ticket.what, ticket.suggested_department) == ("路灯坏了", "city_management")
        assert (ticket.suggested_function, ticket.suggested_probability, ticket.suggested_words) == ("", None, "")
        assert [event.citizen_text for event in ticket.events] == ["已登记"]
    command.downgrade(alembic_config(dsn), "0001")
    with engine.connect() as connection:
        assert connection.execute(text("select what from tickets")).scalar() == "路灯坏了"
        assert connection.execute(text("select count(*) from ticket_events")).scalar() == 1
    engine.dispose()


def test_query_codes_in_stored_messages_are_sealed_with_the_tickets_own_ciphertext(tmp_path: Path) -> None:
    dsn = f"sqlite:///{tmp_path / 'old.db'}"
    command.upgrade(alembic_config(dsn), "0010")
    engine = create_database_engine(dsn)
    card = {"type": "ticket", "number": "YZ20261116-00017", "code": "838526", "summary": "路灯坏了"}
    words = [{"type": "text", "text": "登记好了", "buttons": []}]
    with engine.begin() as connection:
        old_row(connection, "conversations", id="c1", channel="web")
        old_row(connection, "tickets", number="YZ20261116-00017", code_cipher="ciphertext of the ticket")
        for seq, parts in enumerate((words, [*words, card], [card | {"number": "YZ20261116-00025"}]), start=1):
            old_row(connection, "messages", seq=seq, conversation_id="c1", role="bot", parts=parts)
    command.upgrade(alembic_config(dsn), "head")
    with create_session_factory(engine)() as session:
        stored = [message.parts for message in session.scalars(select(Message).order_by(Message.seq))]
    sealed = card | {"code": "", "sealed_code": "ciphertext of the ticket"}
    gone = card | {"code": "", "sealed_code": "", "number": "YZ20261116-00025"}
    assert stored == [words, [*words, sealed], [gone]]
    command.downgrade(alembic_config(dsn), "0010")
    engine.dispose()


def old_row(connection: Connection, name: str, **values: object) -> None:
    """Insert a row into a table as it is now; what is not given gets something of its type."""
    table = Table(name, MetaData(), autoload_with=connection)
    fill = {datetime: datetime(2026, 11, 16, 10), int: 1, bool: True, str: ""}
    needed = [column for column in table.columns if not column.nullable and column.name not in values]
    connection.execute(insert(table).values({column.name: fill[column.type.python_type] for column in needed} | values))


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


def test_entries_that_are_older_than_their_history_begin_it_as_they_stand(tmp_path: Path) -> None:
    dsn = f"sqlite:///{tmp_path / 'old.db'}"
    command.upgrade(alembic_config(dsn), "0002")
    engine = create_database_engine(dsn)
    lists: dict[str, object] = {name: [] for name in ("aliases", "legal_basis", "confirm", "related")}
    with engine.begin() as connection:
        old_row(
            connection,
            "entries",
            **lists,
            id="hukou.birth",
            topic="hukou",
            kind="entry",
            status="published",
            title="出生登记",
            question="怎么上户口？",
            answer="到大厅办理。",
            similar=["上户口"],
            facts={},
            version=3,
            updated_by="lin",
            effective=date(2020, 1, 1),
        )
    command.upgrade(alembic_config(dsn), "head")
    with create_session_factory(engine)() as session:
        entry, revision = session.get_one(Entry, "hukou.birth"), session.get_one(EntryRevision, 1)
        assert (revision.version, revision.deed, revision.author) == (3, "baseline", "lin")
        assert form_in(revision.snapshot) == form_of(entry)
        assert (entry.draft, entry.region) == (None, "")
    engine.dispose()


def old_entry_brought_to_the_present(dsn: str, before: str) -> Engine:
    """A database with an entry that is as old as a revision; what came since is undone and done again."""
    command.upgrade(alembic_config(dsn), before)
    engine = create_database_engine(dsn)
    texts = ("topic", "kind", "status", "title", "question", "answer", "content_hash", "updated_by")
    others = {"version": 1, "edited": False, "document_id": "", "updated_at": datetime(2026, 11, 16, 10)}
    documents = {name: ["甲"] for name in ("similar", "aliases", "legal_basis", "confirm", "related")} | {"facts": {}}
    values = {"id": "hukou.birth", **dict.fromkeys(texts, "x"), **others, **documents}
    entries = table("entries", *(column(name, JSON() if name in documents else None) for name in values))
    with engine.begin() as connection:
        connection.execute(insert(entries).values(values))
    for revision in ("head", before, "head"):
        (command.downgrade if revision == before else command.upgrade)(alembic_config(dsn), revision)
    return engine


def points_after_the_migration(dsn: str) -> Any:
    """Of an entry that is older than points."""
    engine = old_entry_brought_to_the_present(dsn, "0015")
    with create_session_factory(engine)() as session:
        entry = session.get_one(Entry, "hukou.birth")
        assert (entry.similar, entry.facts) == (["甲"], {})
        entry.points = entry.points | {"late": "可以补报"}
        session.commit()
        session.expire_all()
        points = session.get_one(Entry, "hukou.birth").points
    engine.dispose()
    return points


def english_after_the_migration(dsn: str) -> tuple[str, str]:
    """Of an entry that is older than English; the summary is written, the title stays as it was made."""
    engine = old_entry_brought_to_the_present(dsn, "0017")
    with create_session_factory(engine)() as session:
        entry = session.get_one(Entry, "hukou.birth")
        assert (entry.title, entry.answer, entry.summary_en) == ("x", "x", "")
        entry.summary_en = "é" * LONGEST_SUMMARY_EN
        session.commit()
        session.expire_all()
        entry = session.get_one(Entry, "hukou.birth")
        english = (entry.title_en, entry.summary_en)
    engine.dispose()
    return english


def test_entries_from_before_there_were_points_have_none_and_can_get_some(tmp_path: Path) -> None:
    assert points_after_the_migration(f"sqlite:///{tmp_path / 'old.db'}") == {"late": "可以补报"}


@pytest.mark.slow
@pytest.mark.parametrize("server", [postgresql, mariadb])
def test_entries_on_database_servers_have_no_points_and_can_get_some(server: Any, tmp_path: Path) -> None:
    with server(tmp_path) as urls:
        assert points_after_the_migration(urls["city"]) == {"late": "可以补报"}


def test_entries_from_before_there_was_english_have_none_and_can_get_some(tmp_path: Path) -> None:
    assert english_after_the_migration(f"sqlite:///{tmp_path / 'old.db'}") == ("", "é" * LONGEST_SUMMARY_EN)


@pytest.mark.slow
@pytest.mark.parametrize("server", [postgresql, mariadb])
def test_entries_on_database_servers_have_no_english_and_can_get_some(server: Any, tmp_path: Path) -> None:
    with server(tmp_path) as urls:
        assert english_after_the_migration(urls["city"]) == ("", "é" * LONGEST_SUMMARY_EN)
