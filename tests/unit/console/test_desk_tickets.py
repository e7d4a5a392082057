from __future__ import annotations

import pytest
from console_room import ConsoleRoom

from actions.messages import StaffPart
from actions.tickets.errors import TextRequired, TicketNotFound, VersionConflict
from bot.security.errors import PermissionDenied


def test_a_reply_reaches_the_citizen_signed_in_the_history(room: ConsoleRoom) -> None:
    number = room.ticket(department="city_management")
    desk = room.desk("handler", department="city_management")
    view = desk.change_ticket(number, "reply", text="今天已经修好。", expected_version=desk.ticket(number).version)
    assert view.status == "replied"
    assert isinstance(room.notifier.sent[-1], StaffPart)
    assert room.notifier.sent[-1].text == "今天已经修好。"
    assert desk.ticket(number).history[-1].actor == "handler"
    assert ("handler", "tickets.reply", number) in room.audit()


def test_a_department_sees_and_touches_its_own_tickets_only(room: ConsoleRoom) -> None:
    mine, theirs = room.ticket("我们的", department="city_management"), room.ticket("别人的", department="police")
    desk = room.desk("handler", department="city_management")
    assert [ticket.number for ticket in desk.tickets()] == [mine]
    for deed in (desk.ticket, desk.ticket_actions, desk.contact, lambda number: desk.change_ticket(number, "extend")):
        with pytest.raises(TicketNotFound, match="您的账号能看的范围"):
            deed(theirs)
    assert {ticket.number for ticket in room.desk("manager", department="police").tickets()} == {mine, theirs}


def test_the_contact_is_opened_only_with_a_trace_that_does_not_repeat_it(room: ConsoleRoom) -> None:
    number = room.ticket(department="police")
    desk = room.desk("handler", department="police")
    assert "13800138000" not in str(desk.ticket(number))

    assert desk.contact(number).phone == "13800138000"
    assert desk.ticket(number).history[-1].action == "reveal_contact"
    assert ("handler", "tickets.contact", number) in room.audit()
    assert "13800138000" not in str([vars(one) for one in room.accounts.audit.records()])


def test_only_what_the_role_may_do_is_offered(room: ConsoleRoom) -> None:
    number = room.ticket()
    assert {step.action for step in room.desk("dispatcher").ticket_actions(number)} == {"accept", "decline"}
    assert room.desk("auditor").ticket_actions(number) == []


def test_an_action_that_is_not_offered_is_refused(room: ConsoleRoom) -> None:
    number = room.ticket()
    for action in ("close", "withdraw", "nonsense"):
        with pytest.raises(PermissionDenied, match="不能对这件工单"):
            room.desk("dispatcher").change_ticket(number, action)


def test_a_missing_reason_and_a_stale_page_change_nothing_and_are_not_logged(room: ConsoleRoom) -> None:
    number = room.ticket()
    desk = room.desk("dispatcher")
    with pytest.raises(TextRequired):
        desk.change_ticket(number, "decline", text=" ")
    desk.change_ticket(number, "accept", expected_version=1)
    with pytest.raises(VersionConflict):
        desk.change_ticket(number, "assign", department="police", expected_version=1)
    assert [action for _, action, _ in room.audit()] == ["tickets.accept"]
