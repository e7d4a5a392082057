"""Who sees which ticket: every role, every department, every state of a ticket, every door."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from console_room import ConsoleRoom

from actions.tickets.errors import TicketNotFound
from actions.tickets.scope import EVERY_TICKET, NO_TICKET, TicketScope, scope_of
from bot.security.errors import PermissionDenied
from bot.security.roles import Principal, role_table
from channels.console.desk import ConsoleDesk

MINE, THEIRS, GONE = "city_management", "police", "abolished_office"
STEPS: Mapping[str, tuple[str, ...]] = {
    "filed": (),
    "accepted": ("accept",),
    "declined": ("decline",),
    "handling": ("accept", "assign"),
    "replied": ("accept", "assign", "reply"),
    "closed": ("accept", "assign", "reply", "close"),
}


def sees(role: str, department: str, whose: str) -> bool:
    """Whether somebody with this role, in this department, sees a ticket of the department ``whose`` (empty: nobody's)."""
    if role in {"manager", "auditor"} or (role == "dispatcher" and not whose):
        return True
    return role in {"handler", "agent", "dispatcher"} and bool(department) and whose == department


def tickets_of_all_kinds(room: ConsoleRoom) -> dict[tuple[str, str], str]:
    """Number by department and status."""
    office = room.tickets.for_staff(EVERY_TICKET)
    numbers = {}
    for status, steps in STEPS.items():
        for department in (MINE, THEIRS) if "assign" in steps else ("",):
            number = room.ticket(f"路灯{status}{department}")
            for step in steps:
                office.change(number, step, actor="test", text="说明", department=department)
            numbers[department, status] = number
    returned = room.ticket("退回来的", department=MINE)
    office.change(returned, "return", actor="test", text="不归我们管")
    return numbers | {("", "returned"): returned}


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> tuple[ConsoleRoom, dict[tuple[str, str], str]]:
    folder: Path = tmp_path_factory.mktemp("tickets")
    room = ConsoleRoom(folder)
    return room, tickets_of_all_kinds(room)


DOORS: Mapping[str, Callable[[ConsoleDesk, str], object]] = {
    "list": lambda desk, number: [one.number for one in desk.tickets(limit=500)].index(number),
    "search": lambda desk, number: [one.number for one in desk.tickets(query=number)].index(number),
    "ticket": lambda desk, number: desk.ticket(number),
    "actions": lambda desk, number: desk.ticket_actions(number),
    "contact": lambda desk, number: desk.contact(number),
    "story": lambda desk, number: desk.story(number),
    "change": lambda desk, number: desk.change_ticket(number, "no such action"),
}
NOT_SEEN = (TicketNotFound, ValueError)


def lets_in(desk: ConsoleDesk, door: str, number: str) -> bool:
    """Whether the ticket is there behind this door, or refused as one that does not exist, or the door itself is shut."""
    try:
        DOORS[door](desk, number)
    except NOT_SEEN:
        return False
    except PermissionDenied as refused:
        # The last door opens far enough to say that this action is not offered: so the ticket was seen.
        return "现在不能对这件工单" in str(refused)
    return True


@pytest.mark.parametrize("role", sorted(role_table().roles))
@pytest.mark.parametrize("department", ["", MINE, THEIRS, GONE])
@pytest.mark.parametrize("door", DOORS)
def test_every_door_opens_to_what_the_role_names_and_to_nothing_else(
    full: tuple[ConsoleRoom, dict[tuple[str, str], str]], role: str, department: str, door: str
) -> None:
    room, numbers = full
    needs = {"contact": "tickets.contact", "story": "tickets.contact", "change": "tickets.change"}.get(
        door, "tickets.read"
    )
    may = needs in role_table().permissions_of([role])
    desk = room.desk(role, department=department)
    for (whose, status), number in numbers.items():
        assert lets_in(desk, door, number) == (may and sees(role, department, whose)), (whose, status)


@pytest.mark.parametrize("department", ["", MINE, GONE])
@pytest.mark.parametrize("role", sorted(role_table().roles))
def test_counts_tell_of_the_same_tickets_as_the_list(
    full: tuple[ConsoleRoom, dict[tuple[str, str], str]], role: str, department: str
) -> None:
    desk = full[0].desk(role, department=department)
    counted = desk.summary().tickets
    if "tickets.read" not in role_table().permissions_of([role]):
        assert counted is None
        return
    listed = desk.tickets(limit=500)
    assert counted is not None
    assert counted.open == sum(not ticket.final for ticket in listed)
    assert counted.new == sum(ticket.status == "filed" for ticket in listed)
    assert desk.sees_no_ticket == (not listed)


def test_a_role_that_names_no_permission_on_tickets_sees_none(room: ConsoleRoom) -> None:
    catalogue = room.tickets.catalogue
    fresh = Principal("neu", "新人", ("new role",), frozenset({"knowledge.read", "tickets.change"}), MINE)
    assert scope_of(fresh, catalogue) == NO_TICKET
    unread = Principal("neu", "新人", ("new role",), frozenset({"tickets.all", "tickets.unassigned"}), MINE)
    assert scope_of(unread, catalogue) == NO_TICKET


def test_an_account_that_owes_a_password_sees_no_ticket(room: ConsoleRoom) -> None:
    owing = Principal("neu", "新人", ("manager",), role_table().permissions_of(["manager"]), MINE, owes="password")
    assert scope_of(owing, room.tickets.catalogue) == NO_TICKET


def test_nothing_allowed_is_nothing_found_and_not_everything(room: ConsoleRoom) -> None:
    room.ticket()
    nobody = room.tickets.for_staff(TicketScope())
    assert nobody.list() == []
    assert set(nobody.counts().values()) == {0}


def test_looking_where_one_may_not_look_leaves_no_trace_that_one_looked(room: ConsoleRoom) -> None:
    number = room.ticket(department=THEIRS)
    desk = room.desk("handler", department=MINE)
    for deed in (desk.ticket, desk.contact):
        with pytest.raises(TicketNotFound):
            deed(number)
    assert room.audit() == []
    office = room.tickets.for_staff(EVERY_TICKET)
    assert all(event.action != "reveal_contact" for event in office.get(number).history)


def test_a_dispatcher_sends_a_ticket_on_and_it_leaves_their_desk(room: ConsoleRoom) -> None:
    number = room.ticket()
    dispatcher, handler = room.desk("dispatcher"), room.desk("handler", department=THEIRS)
    assert handler.tickets() == []
    dispatcher.change_ticket(number, "accept")
    dispatcher.change_ticket(number, "assign", department=THEIRS)
    assert dispatcher.tickets() == []
    assert [ticket.number for ticket in handler.tickets()] == [number]
    handler.change_ticket(number, "return", text="不归我们管")
    assert handler.tickets() == []
    assert [ticket.number for ticket in dispatcher.tickets()] == [number]
