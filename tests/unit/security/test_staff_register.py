from __future__ import annotations

import pytest
from security_fakes import GOOD, StaffRoom
from sqlalchemy import update

from actions.tickets.catalogue import CITIZEN
from bot.security.audit import COMMAND_LINE, IDENTITY_PROVIDER
from bot.security.errors import (
    InvalidAccount,
    PermissionDenied,
    SignInRefused,
    TooBusy,
    TooManyAttempts,
    UnknownAccount,
)
from bot.security.models import Account
from bot.security.register import RESERVED
from bot.security.roles import require

NEW = "another good one"


def made(room: StaffRoom, name: str = "lina") -> str:
    return room.accounts.create_with_one_time_password(
        name, roles=["curator"], display_name="李娜", department="", actor="admin"
    )


def test_a_one_time_password_opens_nothing_but_the_change_of_the_password(room: StaffRoom) -> None:
    password = made(room)
    principal = room.accounts.authenticate("lina", password, address="10.0.0.1")
    token = room.accounts.open_session(principal)
    with pytest.raises(PermissionDenied, match="一次性密码"):
        require(principal, "knowledge.read")

    room.accounts.change_password("lina", password, NEW, token=token)

    now = room.accounts.session_account(token)
    assert now is not None
    require(now, "knowledge.read")
    with pytest.raises(SignInRefused):
        room.accounts.authenticate("lina", password, address="10.0.0.1")


def test_one_time_passwords_differ_and_are_not_kept(room: StaffRoom) -> None:
    passwords = {made(room, f"lina{number}") for number in range(5)}
    assert len(passwords) == 5
    kept = str([room.raw(f"SELECT * FROM {table}") for table in ("accounts", "audit_log")])  # noqa: S608
    assert not any(password in kept for password in passwords)


@pytest.mark.parametrize(
    "present, new, words",
    [("wrong password", NEW, "现在的密码不对"), (GOOD, GOOD, "不能和现在的密码相同"), (GOOD, "short", "密码至少要")],
)
def test_a_password_is_changed_only_with_the_present_one_and_to_a_good_new_one(
    room: StaffRoom, present: str, new: str, words: str
) -> None:
    room.accounts.create("lina", GOOD, roles=["curator"])
    with pytest.raises(InvalidAccount, match=words):
        room.accounts.change_password("lina", present, new, token="")
    assert room.signed_in()


def test_the_present_password_cannot_be_guessed_without_end(room: StaffRoom) -> None:
    room.accounts.create("lina", GOOD, roles=["curator"])
    for _ in range(10):
        with pytest.raises(InvalidAccount):
            room.accounts.change_password("lina", "wrong password", NEW, token="")
    with pytest.raises(TooManyAttempts):
        room.accounts.change_password("lina", GOOD, NEW, token="")


def test_a_new_password_signs_other_browsers_out_and_not_this_one(room: StaffRoom) -> None:
    room.accounts.create("lina", GOOD, roles=["curator"])
    here, elsewhere = room.signed_in(), room.signed_in()
    room.accounts.change_password("lina", GOOD, NEW, token=here)
    assert room.accounts.session_account(here) is not None
    assert room.accounts.session_account(elsewhere) is None


def test_open_sessions_say_where_and_when_and_can_be_ended_one_by_one(room: StaffRoom) -> None:
    room.accounts.create("lina", GOOD, roles=["curator"])
    principal = room.accounts.authenticate("lina", GOOD, address="10.0.0.1")
    elsewhere = room.accounts.open_session(principal, browser="Firefox · Linux")
    room.pass_time(minutes=20)
    here = room.accounts.open_session(principal, browser="Chrome · Windows")
    room.pass_time(minutes=20)
    room.accounts.session_account(elsewhere)

    one, other = room.accounts.open_sessions("lina", here)
    assert (one.browser, one.here, other.browser, other.here) == ("Chrome · Windows", True, "Firefox · Linux", False)
    assert other.last_seen_at == room.time

    room.accounts.close_own_session("lina", other.id)
    assert room.accounts.session_account(elsewhere) is None
    assert [view.here for view in room.accounts.open_sessions("lina", here)] == [True]


def test_nobody_ends_somebody_elses_session_as_their_own(room: StaffRoom) -> None:
    for name in ("lina", "ligong"):
        room.accounts.create(name, GOOD, roles=["curator"])
    token = room.signed_in("ligong")
    [view] = room.accounts.open_sessions("ligong")
    room.accounts.close_own_session("lina", view.id)
    assert room.accounts.session_account(token) is not None


def test_other_roles_count_at_the_next_click(room: StaffRoom) -> None:
    room.accounts.create("lina", GOOD, roles=["curator"])
    token = room.signed_in()
    room.accounts.update("lina", display_name="李娜", roles=["handler"], department="city_management", actor="admin")
    principal = room.accounts.session_account(token)
    assert principal is not None
    assert (principal.roles, principal.department, principal.display_name) == (("handler",), "city_management", "李娜")
    assert room.accounts.audit.records()[0].detail == "curator → handler city_management"


@pytest.mark.parametrize(
    "changed", [{"roles": []}, {"roles": ["emperor"]}, {"display_name": "长" * 31}, {"department": "no_such_office"}]
)
def test_an_account_keeps_its_data_when_the_new_ones_are_bad(room: StaffRoom, changed: dict[str, object]) -> None:
    room.accounts.create("lina", GOOD, roles=["curator"], display_name="李娜")
    good = {"display_name": "别人", "roles": ["handler"], "department": "", "actor": "admin"}
    with pytest.raises(InvalidAccount):
        room.accounts.update("lina", **(good | changed))  # type: ignore[arg-type]
    account = room.accounts.account("lina")
    assert (account.display_name, account.roles) == ("李娜", ("curator",))


def test_a_department_that_nobody_knows_is_refused_wherever_an_account_is_made(room: StaffRoom) -> None:
    with pytest.raises(InvalidAccount, match="没有“citymanagement”这个部门"):
        room.accounts.create("lina", GOOD, roles=["handler"], department="citymanagement")
    with pytest.raises(InvalidAccount, match="部门"):
        room.accounts.create_with_one_time_password(
            "lina", roles=["handler"], display_name="", department="城管局", actor="admin"
        )
    assert room.accounts.accounts() == []
    room.accounts.create("lina", GOOD, roles=["handler"], department=" city_management ")
    assert room.accounts.account("lina").department == "city_management"


def test_who_is_in_a_department_that_was_abolished_still_signs_in_through_the_provider(room: StaffRoom) -> None:
    who = {"issuer": "https://login", "subject": "1", "username": "lina", "display_name": "李娜"}
    room.accounts.sign_in_external(**who, roles=["handler"])
    with room.sessions() as session, session.begin():
        session.execute(update(Account).values(department="abolished_office"))
    room.accounts.sign_in_external(**who, roles=["handler", "agent"])
    assert room.accounts.account("lina").roles == ("handler", "agent")


def test_a_closed_account_can_be_opened_again_and_its_old_sessions_stay_over(room: StaffRoom) -> None:
    room.accounts.create("lina", GOOD, roles=["curator"])
    token = room.signed_in()
    room.accounts.deactivate("lina", actor="admin")
    room.accounts.activate("lina", actor="admin")
    assert room.accounts.session_account(token) is None
    assert room.signed_in()


def test_a_forgotten_password_is_replaced_by_a_one_time_one(room: StaffRoom) -> None:
    room.accounts.create("lina", GOOD, roles=["curator"])
    token = room.signed_in()
    password = room.accounts.reset_password("lina", actor="admin")
    assert room.accounts.session_account(token) is None
    assert room.accounts.authenticate("lina", password, address="10.0.0.1").owes == "password"


@pytest.mark.parametrize("deed", ["account", "activate", "reset_second_factor"])
def test_deeds_on_an_account_that_does_not_exist_say_so(room: StaffRoom, deed: str) -> None:
    with pytest.raises(UnknownAccount, match="ghost"):
        getattr(room.accounts, deed)("ghost")


@pytest.mark.parametrize("name", ["citizen", "CITIZEN", " citizen ", "单位账号系统", "command line"])
def test_nobody_gets_a_name_that_the_assistant_signs_with(room: StaffRoom, name: str) -> None:
    with pytest.raises(InvalidAccount):
        room.accounts.create(name, GOOD, roles=["curator"])
    assert room.accounts.accounts() == []


def test_the_reserved_names_are_those_that_deeds_are_signed_with() -> None:
    assert {CITIZEN, COMMAND_LINE, IDENTITY_PROVIDER} == RESERVED


def test_a_new_password_that_cannot_be_taken_counts_as_no_guess(room: StaffRoom) -> None:
    room.accounts.create("lina", GOOD, roles=["curator"])
    for _ in range(11):
        for bad in ("short", "lina", GOOD):
            with pytest.raises(InvalidAccount):
                room.accounts.change_password("lina", GOOD, bad, token="")
    room.accounts.change_password("lina", GOOD, NEW, token="")
    assert room.accounts.authenticate("lina", NEW, address="10.0.0.1")


@pytest.mark.parametrize("busy", ["verify", "hash"])
def test_who_is_told_to_come_back_later_has_not_guessed(
    room: StaffRoom, monkeypatch: pytest.MonkeyPatch, busy: str
) -> None:
    room.accounts.create("lina", GOOD, roles=["curator"])

    def refuse(*_: object) -> None:
        raise TooBusy

    monkeypatch.setattr(room.accounts._passwords, busy, refuse)
    monkeypatch.setattr(room.accounts._passwords, "outdated", lambda _: True)
    with pytest.raises(TooBusy):
        room.accounts.change_password("lina", GOOD, NEW, token="")
    with pytest.raises(TooBusy):
        room.accounts.authenticate("lina", GOOD, address="10.0.0.1")
    assert room.raw("SELECT count(*) FROM sign_in_attempts") == [(0,)]
