from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from security_fakes import GOOD, StaffRoom
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from bot.database import create_database_engine, create_session_factory, utcnow
from bot.security.audit import AuditLog, Sought
from bot.security.errors import SignInRefused
from bot.security.models import AuditRecord


def test_accounts_and_sessions_leave_a_trace(room: StaffRoom) -> None:
    room.accounts.create("lina", GOOD, roles=["curator"], actor="admin")
    token = room.signed_in()
    room.accounts.close_session(token)
    room.accounts.deactivate("lina", actor="admin")

    trace = [(one.actor, one.action, one.object) for one in reversed(room.accounts.audit.records())]
    assert trace == [
        ("admin", "account.create", "lina"),
        ("lina", "session.open", ""),
        ("lina", "session.close", ""),
        ("admin", "account.deactivate", "lina"),
    ]


def test_a_password_typed_as_a_name_is_not_written_down(room: StaffRoom) -> None:
    with pytest.raises(SignInRefused):
        room.accounts.authenticate("my secret password", "", address="10.0.0.1")
    assert "secret" not in str(room.raw("SELECT * FROM audit_log"))


def test_records_cannot_be_changed_or_deleted(room: StaffRoom) -> None:
    room.accounts.audit.record("lina", "knowledge.publish", "hukou.birth")
    with room.sessions() as session:
        session.scalars(select(AuditRecord)).one().actor = "somebody else"
        with pytest.raises(RuntimeError, match="cannot be changed"):
            session.commit()
    with room.sessions() as session:
        session.delete(session.scalars(select(AuditRecord)).one())
        with pytest.raises(RuntimeError, match="cannot be changed"):
            session.commit()
    assert [one.actor for one in room.accounts.audit.records()] == ["lina"]


@pytest.mark.parametrize("statement", ["UPDATE audit_log SET actor = 'x'", "DELETE FROM audit_log"])
def test_the_database_itself_refuses_to_rewrite_history(room: StaffRoom, database_file: Path, statement: str) -> None:
    engine = create_database_engine(f"sqlite:///{database_file}")
    AuditLog(create_session_factory(engine)).record("lina", "knowledge.publish")
    room.accounts.audit.record("lina", "knowledge.publish")
    for one in (engine, room.engine):  # as the migrations made it, and as the models do
        with one.begin() as connection, pytest.raises(IntegrityError, match="cannot be changed"):
            connection.execute(text(statement))
    engine.dispose()


def test_records_can_be_sought_by_day(room: StaffRoom) -> None:
    audit = room.accounts.audit
    audit.record("lina", "a")
    now = utcnow()
    assert audit.count(Sought(since=now - timedelta(days=1), until=now + timedelta(days=1))) == 1
    assert audit.records(Sought(until=now - timedelta(days=1))) == []
    assert audit.records(Sought(since=now + timedelta(days=1))) == []


def test_records_can_be_sought_by_actor_and_action(room: StaffRoom) -> None:
    audit = room.accounts.audit
    audit.record("lina", "knowledge.save", "a", "x" * 900)
    audit.record("ligong", "tickets.view", "b")
    assert [one.object for one in audit.records(Sought(actor="lina"))] == ["a"]
    assert [one.object for one in audit.records(Sought(action="tickets.view"))] == ["b"]
    assert len(audit.records(Sought(actor="lina"))[0].detail) == 500
