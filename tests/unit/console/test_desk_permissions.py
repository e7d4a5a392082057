from __future__ import annotations

import inspect
from collections.abc import Callable

import pytest
from console_room import PERMIT, ConsoleRoom

from bot.security.errors import PermissionDenied, SignedOut
from bot.security.roles import Principal, role_table
from channels.console.desk import ConsoleDesk
from knowledge_base.entry_form import EntryForm

FORM = EntryForm.parse(PERMIT)
READERS = {"curator", "handler", "dispatcher", "agent", "manager", "auditor"}
# Every deed of the desk, and the roles that may do it.
DEEDS: dict[str, tuple[Callable[[ConsoleDesk], object], set[str]]] = {
    "entries": (lambda desk: desk.entries(), READERS),
    "entry": (lambda desk: desk.entry("x"), READERS),
    "try_question": (
        lambda desk: desk.try_question("居住证"),
        READERS,
    ),
    "preview": (lambda desk: desk.preview(FORM), READERS),
    "standards": (lambda desk: desk.standards({}), {"curator", "manager"}),
    "duplicates": (lambda desk: desk.duplicates(["居住证"]), {"curator", "manager"}),
    "create_entry": (lambda desk: desk.create_entry(FORM), {"curator", "manager"}),
    "save_entry": (lambda desk: desk.save_entry("x", FORM, expected_version=1), {"curator", "manager"}),
    "expiring": (lambda desk: desk.expiring(), READERS),
    "rates": (lambda desk: desk.rates(), READERS),
    "history": (lambda desk: desk.history("x"), READERS),
    "diff": (lambda desk: desk.diff("x", 1, 2), READERS),
    "submit": (lambda desk: desk.submit("x"), {"curator", "manager"}),
    "send_back": (lambda desk: desk.send_back("x", "请补充依据"), {"curator"}),
    "discard": (lambda desk: desk.discard("x"), {"curator", "manager"}),
    "reopen": (lambda desk: desk.reopen("x"), {"curator", "manager"}),
    "restore": (lambda desk: desk.restore("x", 1), {"curator", "manager"}),
    "publish": (lambda desk: desk.publish("x"), {"curator"}),
    "retire": (lambda desk: desk.retire("x"), {"curator"}),
    "unresolved": (lambda desk: desk.unresolved(), {"curator", "manager", "auditor"}),
    "unresolved_counts": (lambda desk: desk.unresolved_counts(), {"curator", "manager", "auditor"}),
    "unresolved_item": (lambda desk: desk.unresolved_item(1), {"curator", "manager", "auditor"}),
    "answer_draft": (lambda desk: desk.answer_draft(1), {"curator", "manager"}),
    "add_phrasing": (lambda desk: desk.add_phrasing(1, "x"), {"curator", "manager"}),
    "dismiss": (lambda desk: desk.dismiss(1), {"curator", "manager"}),
    "tickets": (lambda desk: desk.tickets(), {"handler", "dispatcher", "agent", "manager", "auditor"}),
    "ticket": (lambda desk: desk.ticket("x"), {"handler", "dispatcher", "agent", "manager", "auditor"}),
    "ticket_actions": (lambda desk: desk.ticket_actions("x"), {"handler", "dispatcher", "agent", "manager", "auditor"}),
    "change_ticket": (lambda desk: desk.change_ticket("x", "accept"), {"handler", "dispatcher", "manager"}),
    "story": (lambda desk: desk.story("x"), {"handler", "dispatcher", "manager"}),
    "contact": (lambda desk: desk.contact("x"), {"handler", "dispatcher", "manager"}),
}
WITHOUT_PERMISSION = {
    "topics",
    "departments",
    "ticket_statuses",
    "sees_no_ticket",
    "summary",
    "accounts",
    "golden",
    "vocabulary",
    "transcripts",
    "dangers",
    "use",
    "imports",
    "hit_tests",
    "four_eyes",
    "wrote",
}


def test_every_public_deed_of_the_desk_is_listed_here() -> None:
    public = {name for name, _ in inspect.getmembers(ConsoleDesk) if not name.startswith("_")}
    assert public == set(DEEDS) | WITHOUT_PERMISSION


@pytest.mark.parametrize("name", DEEDS)
def test_each_deed_is_refused_to_the_wrong_roles_and_only_to_them(room: ConsoleRoom, name: str) -> None:
    deed, allowed = DEEDS[name]
    assert room.let_in(lambda desk: deed(desk)) == allowed


@pytest.mark.parametrize("name", DEEDS)
def test_nothing_is_done_when_it_is_refused_and_the_refusal_is_recorded(room: ConsoleRoom, name: str) -> None:
    with pytest.raises(PermissionDenied):
        DEEDS[name][0](room.desk())
    assert [(actor, deed) for actor, deed, _ in room.audit()] == [("nobody", "access.refused")]


def test_what_citizens_read_does_not_change_without_the_right_to_publish(room: ConsoleRoom) -> None:
    live = room.entry()
    manager, changed = room.desk("manager"), EntryForm.parse(PERMIT | {"answer": "改过的答案"})
    with pytest.raises(PermissionDenied, match="发布"):
        manager.save_entry(live, changed, expected_version=2, publish=True)
    assert room.knowledge.get(live).draft is None
    manager.save_entry(live, changed, expected_version=2)
    assert room.knowledge.get(live).answer == PERMIT["answer"]
    room.desk("curator").publish(live)
    assert room.knowledge.get(live).answer == "改过的答案"


@pytest.mark.parametrize("now", [None, Principal("another", "别人", ("curator",), frozenset({"knowledge.read"}))])
def test_an_open_page_ends_with_its_session(room: ConsoleRoom, now: Principal | None) -> None:
    principal = Principal("lina", "李娜", ("curator",), frozenset({"knowledge.read"}))
    desk = ConsoleDesk(principal, room.services, lambda: now)
    with pytest.raises(SignedOut):
        desk.entries()


def test_a_role_taken_away_counts_at_the_next_click(room: ConsoleRoom) -> None:
    before = Principal("lina", "李娜", ("curator",), role_table().permissions_of(["curator"]))
    after = Principal("lina", "李娜", ("handler",), role_table().permissions_of(["handler"]))
    desk = ConsoleDesk(before, room.services, lambda: after)
    with pytest.raises(PermissionDenied):
        desk.create_entry(FORM)
