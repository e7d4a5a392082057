from __future__ import annotations

import csv
import inspect
import io
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from console_room import ConsoleRoom
from hypothesis import given
from hypothesis import strategies as st

from actions.tickets.legal_clock import BEIJING
from bot.security.audit import Sought
from bot.security.errors import InvalidAccount, PermissionDenied, SignedOut
from bot.security.models import AuditRecord
from bot.security.roles import Principal
from channels.console.accounts_desk import AccountsDesk
from channels.console.audit_sheet import FORMULA_STARTS, audit_sheet, deed_names
from channels.console.pages.audit_log import day_bounds

ADMINISTRATOR, AUDITOR = {"administrator"}, {"auditor"}
FIELDS = {"display_name": "李娜", "roles": ["curator"], "department": ""}
DEEDS: dict[str, tuple[Callable[[AccountsDesk], object], set[str]]] = {
    "check_may_manage": (lambda desk: desk.check_may_manage(), ADMINISTRATOR),
    "accounts": (lambda desk: desk.accounts(), ADMINISTRATOR),
    "account": (lambda desk: desk.account("x"), ADMINISTRATOR),
    "account_sessions": (lambda desk: desk.account_sessions("x"), ADMINISTRATOR),
    "create_account": (lambda desk: desk.create_account("lina", **FIELDS), ADMINISTRATOR),  # type: ignore[arg-type]
    "update_account": (lambda desk: desk.update_account("x", **FIELDS), ADMINISTRATOR),  # type: ignore[arg-type]
    "set_active": (lambda desk: desk.set_active("x", active=False), ADMINISTRATOR),
    "reset_password": (lambda desk: desk.reset_password("x"), ADMINISTRATOR),
    "reset_second_factor": (lambda desk: desk.reset_second_factor("x"), ADMINISTRATOR),
    "close_sessions": (lambda desk: desk.close_sessions("x"), ADMINISTRATOR),
    "account_tokens": (lambda desk: desk.account_tokens("x"), ADMINISTRATOR),
    "make_account_token": (lambda desk: desk.make_account_token("x", "值班", days=1, read_only=True), ADMINISTRATOR),
    "revoke_account_token": (lambda desk: desk.revoke_account_token("x", 1), ADMINISTRATOR),
    "make_own_token": (
        lambda desk: desk.make_own_token("值班", days=1, read_only=True),
        {"curator", "handler", "dispatcher", "agent", "manager", "auditor"},
    ),
    "audit": (lambda desk: desk.audit(Sought()), AUDITOR),
    "deeds": (lambda desk: desk.deeds(), AUDITOR),
    "export_audit": (lambda desk: desk.export_audit(Sought()), AUDITOR),
}
# What everybody may do with their own account.
OWN = {
    "role_names",
    "own",
    "change_password",
    "own_sessions",
    "close_own_session",
    "close_other_sessions",
    "offer_second_factor",
    "enrol_second_factor",
    "remove_second_factor",
    "recovery_codes_left",
    "own_tokens",
    "revoke_own_token",
    "max_token_days",
    "may_make_token_for",
    "one_time_hours",
}


def test_every_public_deed_of_the_desk_is_listed_here() -> None:
    public = {name for name, _ in inspect.getmembers(AccountsDesk) if not name.startswith("_")}
    assert public == set(DEEDS) | OWN


@pytest.mark.parametrize("name", DEEDS)
def test_each_deed_is_refused_to_the_wrong_roles_and_only_to_them(room: ConsoleRoom, name: str) -> None:
    deed, allowed = DEEDS[name]
    assert room.let_in(lambda desk: deed(desk.accounts)) == allowed


@pytest.mark.parametrize("name", DEEDS)
def test_nothing_is_done_when_it_is_refused_and_the_refusal_is_recorded(room: ConsoleRoom, name: str) -> None:
    with pytest.raises(PermissionDenied):
        DEEDS[name][0](room.desk().accounts)
    assert [(actor, deed) for actor, deed, _ in room.audit()] == [("nobody", "access.refused")]


@pytest.mark.parametrize("name", sorted(OWN - {"role_names", "max_token_days", "may_make_token_for", "one_time_hours"}))
def test_ones_own_account_is_closed_once_one_is_signed_out(room: ConsoleRoom, name: str) -> None:
    desk = AccountsDesk(Principal("lina", "李娜", (), frozenset()), room.services, lambda: None)
    arguments = [""] * (len(inspect.signature(getattr(desk, name)).parameters))
    with pytest.raises(SignedOut):
        getattr(desk, name)(*arguments)


def test_an_administrator_cannot_lock_themselves_out(room: ConsoleRoom) -> None:
    room.accounts.create("administrator", "correct horse battery", roles=["administrator"])
    desk = room.desk("administrator").accounts
    with pytest.raises(InvalidAccount, match="自己的系统管理员角色"):
        desk.update_account("administrator", display_name="", roles=["curator"], department="")
    for deed in (desk.reset_password, desk.reset_second_factor, desk.close_sessions):
        with pytest.raises(InvalidAccount, match="您自己的账号"):
            deed("administrator")
    with pytest.raises(InvalidAccount, match="您自己的账号"):
        desk.set_active("administrator", active=False)
    assert room.accounts.account("administrator").active


@pytest.mark.parametrize(("present", "wanted"), [("", "police"), ("police", "city_management"), ("police", " ")])
def test_nobody_moves_themselves_to_another_department(room: ConsoleRoom, present: str, wanted: str) -> None:
    room.accounts.create("administrator", "correct horse battery", roles=["administrator"], department=present)
    desk = room.desk("administrator", department=present).accounts
    fields = {"display_name": "王局", "roles": ["administrator"]}
    with pytest.raises(InvalidAccount, match="自己的部门"):
        desk.update_account("Administrator", **fields, department=wanted)  # type: ignore[arg-type]
    assert room.accounts.account("administrator").department == present
    assert room.audit()[-1] == ("administrator", "access.refused", "Administrator")
    assert desk.update_account("administrator", **fields, department=present).display_name == "王局"  # type: ignore[arg-type]


def test_what_an_administrator_does_is_signed(room: ConsoleRoom) -> None:
    desk = room.desk("administrator").accounts
    desk.create_account("lina", display_name="李娜", roles=["curator"], department="")
    desk.set_active("lina", active=False)
    desk.set_active("lina", active=True)
    assert [(actor, action) for actor, action, _ in room.audit()] == [
        ("administrator", "account.create"),
        ("administrator", "account.deactivate"),
        ("administrator", "account.activate"),
    ]


def test_two_different_new_passwords_change_nothing(room: ConsoleRoom) -> None:
    room.accounts.create("curator", "correct horse battery", roles=["curator"])
    with pytest.raises(InvalidAccount, match="不一样"):
        room.desk("curator").accounts.change_password("correct horse battery", "another good one", "another good two")
    assert room.accounts.authenticate("curator", "correct horse battery", address="")


def test_looking_at_tickets_and_contacts_is_found_again_by_person_deed_and_day(room: ConsoleRoom) -> None:
    number = room.ticket()
    room.desk("manager").ticket(number)
    room.desk("manager").contact(number)
    desk = room.desk("auditor").accounts
    since, until = day_bounds(f"{datetime.now(BEIJING):%Y-%m-%d}")
    page = desk.audit(Sought("manager", "tickets.contact", since, until))
    assert [(one.object, page.total) for one in page.records] == [(number, 1)]
    assert desk.audit(Sought(until=since)).total == 0
    assert desk.deeds() == {"tickets.contact": "查看市民的联系方式", "tickets.view": "查看工单"}


def test_pages_of_records_follow_each_other(room: ConsoleRoom) -> None:
    for number in range(5):
        room.accounts.audit.record("lina", "knowledge.save", str(number))
    desk = room.desk("auditor").accounts
    pages = [desk.audit(Sought(), limit=2, offset=offset) for offset in (0, 2, 4)]
    assert [[one.object for one in page.records] for page in pages] == [["4", "3"], ["2", "1"], ["0"]]
    assert {page.total for page in pages} == {5}


def test_taking_the_records_along_is_recorded_too(room: ConsoleRoom) -> None:
    room.accounts.audit.record("lina", "knowledge.publish", "hukou.birth")
    sheet = room.desk("auditor").accounts.export_audit(Sought()).decode("utf-8-sig")
    assert "lina,发布知识条目,hukou.birth" in sheet
    assert room.audit()[-1][:2] == ("auditor", "audit.export")


def test_a_day_is_a_day_of_the_city() -> None:
    since, until = day_bounds("2026-11-21")
    assert since == datetime(2026, 11, 21, tzinfo=BEIJING)
    assert until == since + timedelta(days=1)
    for nonsense in ("", "yesterday", "9999-12-31", "2026-02-30"):
        assert day_bounds(nonsense) == (None, None)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_no_cell_of_the_file_starts_like_a_formula_and_nothing_is_lost(text: str) -> None:
    record = AuditRecord(at=datetime(2026, 11, 21, tzinfo=BEIJING), actor="lina", action="x", object=text, detail="")
    sheet = audit_sheet([record], {}).decode("utf-8-sig")
    [_, row] = csv.reader(io.StringIO(sheet, newline=""))
    assert not row[3].lstrip(" ").startswith(FORMULA_STARTS)
    assert row[3] in (text, f"'{text}")


def test_every_deed_that_accounts_record_has_a_name() -> None:
    assert {"session.open", "session.refused", "account.totp_reset", "audit.export"} <= set(deed_names())
