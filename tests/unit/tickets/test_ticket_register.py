from __future__ import annotations

from dataclasses import replace

from ticket_desk import LAMP, Desk

from actions.tickets.scope import TicketScope


def test_lists_are_sorted_by_deadline_and_tickets_without_one_come_last(desk: Desk) -> None:
    report = desk.filed(replace(LAMP, kind="report"), key="a")
    answered = desk.filed(key="b")
    desk.staff.change(answered, "accept", actor="李工")
    desk.staff.change(answered, "reply", actor="李工", text="好了")
    accepted = desk.filed(key="c")
    desk.staff.change(accepted, "accept", actor="李工")
    fresh = desk.filed(key="d")
    assert [view.number for view in desk.staff.list()] == [fresh, accepted, report, answered]


def test_overdue_is_derived_from_the_clock(desk: Desk) -> None:
    number = desk.filed()
    assert not desk.staff.get(number).overdue
    desk.pass_time(days=2)
    assert desk.staff.get(number).overdue
    assert [view.number for view in desk.staff.list(status="overdue")] == [number]
    assert desk.staff.counts()["overdue"] == 1


def test_lists_filter_by_status_department_and_words(desk: Desk) -> None:
    handled = desk.handling()
    other = desk.filed(replace(LAMP, what="100%是假货_真的", where="高新区"), key="x")
    assert [view.number for view in desk.staff.list(status="filed")] == [other]
    assert [view.number for view in desk.service.for_staff(TicketScope(department="city_management")).list()] == [
        handled
    ]
    assert [view.number for view in desk.staff.list(query="路灯")] == [handled]
    assert [view.number for view in desk.staff.list(query=other)] == [other]
    assert [view.number for view in desk.staff.list(query="0%是")] == [other]
    assert desk.staff.list(query="_路") == []


def test_pages_do_not_overlap(desk: Desk) -> None:
    numbers = {desk.filed(key=f"m{index}") for index in range(5)}
    pages = [desk.staff.list(limit=2, offset=offset) for offset in (0, 2, 4)]
    assert [len(page) for page in pages] == [2, 2, 1]
    assert {view.number for page in pages for view in page} == numbers


def test_counts_name_every_status(desk: Desk) -> None:
    desk.handling()
    assert desk.staff.counts() == {
        "filed": 0,
        "accepted": 0,
        "handling": 1,
        "replied": 0,
        "closed": 0,
        "declined": 0,
        "withdrawn": 0,
        "overdue": 0,
    }


def test_allowed_actions_are_what_a_console_needs_for_its_buttons(desk: Desk) -> None:
    number = desk.filed()
    buttons = {transition.action: transition for transition in desk.staff.allowed(number)}
    assert list(buttons) == ["accept", "decline"]
    assert buttons["decline"].text_required
    assert buttons["decline"].label == "不予受理"
    assert not buttons["accept"].text_allowed
    desk.staff.change(number, "accept", actor="李工")
    assert next(t for t in desk.staff.allowed(number) if t.action == "assign").department_required
