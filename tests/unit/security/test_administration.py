"""What administrators cannot do: be none, leave passwords lying about, or act through tokens with rights they lack."""

from __future__ import annotations

import pytest
from security_fakes import GOOD, StaffRoom

from bot.security.audit import COMMAND_LINE
from bot.security.errors import InvalidAccount, SignInRefused, TokenRefused
from bot.security.roles import Principal, role_table

CURATOR = role_table().permissions_of(["curator"])


@pytest.fixture(autouse=True)
def _staff(room: StaffRoom) -> None:
    room.accounts.create("wangbo", GOOD, roles=["administrator"])
    room.accounts.create("lina", GOOD, roles=["curator"])


def token_of(room: StaffRoom, maker: str, *, read_only: bool = False) -> str:
    return room.accounts.tokens.make("lina", f"同步 {maker}", days=30, read_only=read_only, actor=maker)


def who(room: StaffRoom, token: str) -> Principal:
    return room.accounts.tokens.principal(token, address="10.0.0.1")


def give(room: StaffRoom, name: str, *roles: str) -> None:
    room.accounts.update(name, display_name="", roles=roles, department="", actor="wangbo")


def test_a_token_made_by_an_administrator_does_no_more_than_they_may(room: StaffRoom) -> None:
    token = token_of(room, "wangbo")
    assert who(room, token).permissions == frozenset()
    give(room, "wangbo", "administrator", "auditor")
    assert who(room, token).permissions == CURATOR & role_table().permissions_of(["auditor"])
    room.accounts.create("other", GOOD, roles=["administrator"])
    room.accounts.deactivate("wangbo")
    assert who(room, token).permissions == frozenset()


@pytest.mark.parametrize("maker", ["lina", COMMAND_LINE])
def test_a_token_made_by_its_owner_or_by_who_runs_the_machine_does_what_the_account_may(
    room: StaffRoom, maker: str
) -> None:
    assert who(room, token_of(room, maker)).permissions == CURATOR


def test_a_token_that_only_reads_is_known_as_such(room: StaffRoom) -> None:
    reader = who(room, token_of(room, "lina", read_only=True))
    assert reader.read_only and not who(room, token_of(room, COMMAND_LINE)).read_only
    assert {one.rpartition(".")[2] for one in reader.permissions} == {"read"}


def test_refused_tokens_are_recorded_under_the_account_that_once_had_them(room: StaffRoom) -> None:
    token = token_of(room, "lina")
    room.pass_time(days=31)
    for one in (token, "wz_guess"):
        with pytest.raises(TokenRefused):
            who(room, one)
    records = [one for one in room.accounts.audit.records() if one.action == "token.refused"]
    assert [(one.actor, one.object, one.detail) for one in records] == [
        ("?", "", ""),
        ("lina", "lina", "“同步 lina”已过期或已停用"),
    ]
    assert "wz_" not in str(room.raw("SELECT * FROM audit_log"))


def test_the_last_who_manages_accounts_stays(room: StaffRoom) -> None:
    for take in (lambda: room.accounts.deactivate("wangbo"), lambda: give(room, "wangbo", "curator")):
        with pytest.raises(InvalidAccount, match="最后一个"):
            take()
    assert room.accounts.account("wangbo").active
    assert room.accounts.account("wangbo").roles == ("administrator",)
    room.accounts.create("other", GOOD, roles=["administrator"])
    room.accounts.deactivate("wangbo")
    with pytest.raises(InvalidAccount, match="最后一个"):
        room.accounts.deactivate("other")


def test_a_password_that_was_handed_over_ends(room: StaffRoom) -> None:
    password = room.accounts.reset_password("lina", actor="wangbo")
    room.pass_time(hours=71)
    assert room.accounts.authenticate("lina", password, address="10.0.0.1").owes == "password"
    room.pass_time(hours=2)
    with pytest.raises(SignInRefused):
        room.accounts.authenticate("lina", password, address="10.0.0.1")
    assert room.accounts.audit.records()[0].detail == "一次性密码已过期"


def test_ones_own_password_does_not_end(room: StaffRoom) -> None:
    password = room.accounts.reset_password("lina", actor="wangbo")
    token = room.accounts.open_session(room.accounts.authenticate("lina", password, address="10.0.0.1"))
    room.accounts.change_password("lina", password, GOOD, token=token)
    room.pass_time(days=400)
    assert room.accounts.authenticate("lina", GOOD, address="10.0.0.1").owes == ""


def test_the_same_refusal_is_recorded_once_a_minute(room: StaffRoom) -> None:
    for _ in range(5):
        room.accounts.audit.refused("lina", "audit.read")
        room.pass_time(seconds=10)
    room.accounts.audit.refused("lina", "accounts.manage")
    room.pass_time(seconds=11)
    room.accounts.audit.refused("lina", "audit.read")
    records = [one.detail for one in room.accounts.audit.records() if one.action == "access.refused"]
    assert records == ["audit.read", "accounts.manage", "audit.read"]
