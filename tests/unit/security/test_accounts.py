from __future__ import annotations

import pytest
from argon2 import PasswordHasher
from security_fakes import CHEAP, GOOD, StaffRoom

from bot.security.errors import InvalidAccount, SignInRefused, UnknownAccount


def test_an_account_signs_in_with_its_password_and_gets_its_roles_permissions(room: StaffRoom) -> None:
    room.accounts.create("LiNa", GOOD, roles=["curator"], display_name="李娜")

    principal = room.accounts.authenticate(" ｌｉｎａ ", GOOD, address="10.0.0.1")

    assert principal.username == "lina"
    assert principal.signature == "李娜（lina）"
    assert principal.may("knowledge.publish")
    assert not principal.may("tickets.read")


@pytest.mark.parametrize("name, password", [("lina", "wrong password"), ("nobody", GOOD), ("gone", GOOD), ("", "")])
def test_wrong_password_unknown_name_and_closed_account_look_alike(room: StaffRoom, name: str, password: str) -> None:
    room.accounts.create("lina", GOOD, roles=["curator"])
    room.accounts.create("gone", GOOD, roles=["curator"])
    room.accounts.deactivate("gone")

    with pytest.raises(SignInRefused, match="用户名或密码不对"):
        room.accounts.authenticate(name, password, address="10.0.0.1")


def test_an_unknown_name_costs_a_hash_like_a_known_one(room: StaffRoom) -> None:
    verified = []

    class Counting(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> bool:
            verified.append(hash)
            return super().verify(hash, password)

    accounts = room.service(Counting(time_cost=1, memory_cost=8, parallelism=1))
    for name in ("lina", "nobody"):
        with pytest.raises(SignInRefused):
            accounts.authenticate(name, "wrong password", address="10.0.0.1")
    assert len(verified) == 2


@pytest.mark.parametrize("password", ["short", "a" * 30, "wangfang01", "WangFang01", "x" * 257])
def test_weak_passwords_are_refused_and_no_account_is_made(room: StaffRoom, password: str) -> None:
    with pytest.raises(InvalidAccount, match="密码"):
        room.accounts.create("wangfang01", password, roles=["curator"])
    assert room.accounts.principals() == []


@pytest.mark.parametrize("name", ["a", "a b", "x" * 41, "<script>", ""])
def test_names_that_cannot_be_typed_or_shown_are_refused(room: StaffRoom, name: str) -> None:
    with pytest.raises(InvalidAccount, match="用户名"):
        room.accounts.create(name, GOOD, roles=["curator"])


def test_a_name_is_taken_in_any_spelling(room: StaffRoom) -> None:
    room.accounts.create("lina", GOOD, roles=["curator"])
    with pytest.raises(InvalidAccount, match="已经有人用了"):
        room.accounts.create("LINA", GOOD, roles=["handler"])


@pytest.mark.parametrize("roles", [[], ["emperor"], ["curator", "emperor"]])
def test_an_account_needs_known_roles(room: StaffRoom, roles: list[str]) -> None:
    with pytest.raises(InvalidAccount, match="curator（知识管理员）"):
        room.accounts.create("lina", GOOD, roles=roles)


def test_a_hash_of_older_parameters_is_renewed_at_the_next_sign_in(room: StaffRoom) -> None:
    room.accounts.create("lina", GOOD, roles=["curator"])
    before = room.raw("SELECT password_hash FROM accounts")[0][0]
    stronger = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1)

    room.service(stronger).authenticate("lina", GOOD, address="10.0.0.1")

    after = str(room.raw("SELECT password_hash FROM accounts")[0][0])
    assert after != before
    assert "m=16,t=2" in after
    room.service(CHEAP).authenticate("lina", GOOD, address="10.0.0.1")


def test_a_new_password_replaces_the_old_one_and_ends_all_sessions(room: StaffRoom) -> None:
    room.accounts.create("lina", GOOD, roles=["curator"])
    token = room.signed_in()

    room.accounts.set_password("lina", "another good one")

    assert room.accounts.session_account(token) is None
    room.accounts.authenticate("lina", "another good one", address="10.0.0.1")
    with pytest.raises(SignInRefused):
        room.accounts.authenticate("lina", GOOD, address="10.0.0.1")


def test_changing_an_account_that_does_not_exist_says_so(room: StaffRoom) -> None:
    with pytest.raises(UnknownAccount, match="ghost"):
        room.accounts.set_password("ghost", GOOD)
    with pytest.raises(UnknownAccount, match="ghost"):
        room.accounts.deactivate("ghost")


def test_neither_password_nor_token_is_anywhere_in_the_database(room: StaffRoom) -> None:
    room.accounts.create("lina", GOOD, roles=["curator"])
    token = room.signed_in()
    tables = ("accounts", "staff_sessions", "sign_in_attempts", "audit_log")
    everything = str([room.raw(f"SELECT * FROM {table}") for table in tables])  # noqa: S608
    assert GOOD not in everything
    assert token not in everything
