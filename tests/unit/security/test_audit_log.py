from __future__ import annotations

import pytest
from security_fakes import GOOD, StaffRoom
from sqlalchemy import select

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


def test_records_can_be_sought_by_actor_and_action(room: StaffRoom) -> None:
    audit = room.accounts.audit
    audit.record("lina", "knowledge.save", "a", "x" * 900)
    audit.record("ligong", "tickets.view", "b")
    assert [one.object for one in audit.records(actor="lina")] == ["a"]
    assert [one.object for one in audit.records(action="tickets.view")] == ["b"]
    assert len(audit.records(actor="lina")[0].detail) == 500
