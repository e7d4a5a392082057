from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select
from ticket_desk import Desk

from actions.messages import StaffPart, TicketPart
from actions.tickets.cards import ticket_card
from actions.tickets.errors import (
    DepartmentRequired,
    IllegalTransition,
    TextRequired,
    TicketNotFound,
    TooSoon,
    VersionConflict,
)
from actions.tickets.models import TicketEvent


def test_a_ticket_goes_from_filed_to_closed_and_the_citizen_reads_each_step(desk: Desk) -> None:
    number = desk.handling()
    desk.staff.change(number, "reply", actor="李工", text="路灯已修好，感谢您的反映。")
    view = desk.staff.change(number, "close", actor="李工")
    assert [line.citizen_text for line in view.history] == [
        "已登记",
        "已受理",
        "已转云州市城市管理局办理",
        "答复：路灯已修好，感谢您的反映。",
        "已办结",
    ]
    assert (view.status_label, view.due_at, view.final) == ("已办结", None, True)


def test_a_reply_reaches_the_citizen_in_the_words_of_staff_with_the_department(desk: Desk) -> None:
    number = desk.handling()
    desk.staff.change(number, "reply", actor="李工", text="路灯已修好 {due}")
    reply = desk.notifier.parts[-1]
    assert reply == StaffPart(text="路灯已修好 {due}", author="云州市城市管理局", ticket_number=number)
    assert {conversation for conversation, _ in desk.notifier.sent.values()} == {"c1"}


def test_acceptance_tells_the_day_of_the_answer(desk: Desk) -> None:
    number = desk.filed()
    desk.staff.change(number, "accept", actor="李工")
    card = desk.notifier.parts[-1]
    assert isinstance(card, TicketPart)
    assert card.text == "您的诉求已经受理，我们会在2026年11月23日前答复您。"
    assert card.code == ""


def test_the_card_says_what_its_day_is_for(desk: Desk) -> None:
    number = desk.filed()
    assert ticket_card(desk.staff.get(number)).due_label == "最晚受理"
    desk.staff.change(number, "accept", actor="李工")
    assert ticket_card(desk.staff.get(number)).due_label == "最晚答复"
    desk.staff.change(number, "reply", actor="李工", text="修好了")
    card = ticket_card(desk.staff.get(number))
    assert (card.due, card.due_label) == (None, "")


def test_internal_steps_and_looks_are_not_on_the_citizens_card(desk: Desk) -> None:
    number = desk.handling()
    desk.staff.change(number, "return", actor="李工", text="不归我们管")
    desk.staff.reveal_contact(number, "李工")
    card = ticket_card(desk.staff.get(number))
    assert "不归我们管" not in card.model_dump_json()
    assert len(card.history) == 3
    assert desk.staff.get(number).department == ""


@pytest.mark.parametrize("action", ["close", "reply", "assign", "nonsense", "urge", "withdraw"])
def test_what_the_status_does_not_allow_or_is_the_citizens_is_refused(desk: Desk, action: str) -> None:
    number = desk.filed()
    with pytest.raises(IllegalTransition):
        desk.staff.change(number, action, actor="李工", text="x", department="police")
    assert desk.staff.get(number).version == 1


def test_citizens_cannot_do_what_staff_do(desk: Desk) -> None:
    number = desk.filed()
    with pytest.raises(IllegalTransition):
        desk.service._by_citizen(number, "accept", "m2")


def test_an_action_that_needs_words_or_a_department_says_so(desk: Desk) -> None:
    number = desk.filed()
    with pytest.raises(TextRequired, match="不予受理"):
        desk.staff.change(number, "decline", actor="李工", text=" ")
    desk.staff.change(number, "accept", actor="李工")
    with pytest.raises(DepartmentRequired):
        desk.staff.change(number, "assign", actor="李工")
    with pytest.raises(DepartmentRequired):
        desk.staff.change(number, "assign", actor="李工", department="不存在")
    with pytest.raises(TextRequired):
        desk.staff.change(number, "reply", actor="李工", text="长" * 2001)


def test_a_stale_form_is_refused(desk: Desk) -> None:
    number = desk.filed()
    seen = desk.staff.get(number).version
    desk.staff.change(number, "accept", actor="李工", expected_version=seen)
    with pytest.raises(VersionConflict):
        desk.staff.change(number, "decline", actor="张工", text="重复", expected_version=seen)


def test_two_at_once_with_the_same_version_and_one_wins(desk: Desk) -> None:
    number = desk.handling()
    seen = desk.staff.get(number).version

    def reply(index: int) -> bool:
        try:
            desk.staff.change(number, "reply", actor=f"员工{index}", text=f"第{index}个", expected_version=seen)
        except VersionConflict:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(reply, range(8))) == 1
    assert desk.staff.get(number).version == seen + 1


def test_notes_at_once_are_all_kept(desk: Desk) -> None:
    number = desk.filed()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda i: desk.service.add_note(number, f"补充{i}", idempotency_key=f"n{i}"), range(4)))
    detail = desk.staff.get(number)
    assert sorted(line.text for line in detail.history if line.action == "note") == [f"补充{i}" for i in range(4)]
    assert detail.version == 5


def test_a_citizens_deed_with_the_same_key_happens_once(desk: Desk) -> None:
    number = desk.filed()
    for _ in range(3):
        view = desk.service.add_note(number, "还有一盏也坏了", idempotency_key="n1")
    assert view.version == 2
    assert desk.service.urge(number, idempotency_key="u1").version == 3
    assert desk.service.urge(number, idempotency_key="u1").version == 3


def test_urging_again_must_wait_a_day(desk: Desk) -> None:
    number = desk.filed()
    desk.service.urge(number, idempotency_key="u1")
    desk.pass_time(hours=4)
    with pytest.raises(TooSoon) as refusal:
        desk.service.urge(number, idempotency_key="u2")
    assert refusal.value.hours == 20
    desk.pass_time(hours=20)
    desk.service.urge(number, idempotency_key="u2")


def test_a_withdrawn_ticket_stays_withdrawn(desk: Desk) -> None:
    number = desk.handling()
    assert desk.service.withdraw(number, idempotency_key="w1").status == "withdrawn"
    assert desk.staff.allowed(number) == []
    with pytest.raises(IllegalTransition, match="已撤回"):
        desk.staff.change(number, "reply", actor="李工", text="好了")


def test_an_answered_ticket_cannot_be_withdrawn(desk: Desk) -> None:
    number = desk.handling()
    desk.staff.change(number, "reply", actor="李工", text="好了")
    with pytest.raises(IllegalTransition):
        desk.service.withdraw(number, idempotency_key="w1")


def test_an_extension_moves_the_deadline_once_and_says_why(desk: Desk) -> None:
    number = desk.handling()
    before = desk.staff.get(number).due_at
    assert "extend" in [transition.action for transition in desk.staff.allowed(number)]
    view = desk.staff.change(number, "extend", actor="李工", text="等配件")
    assert before is not None
    assert view.due_at is not None
    assert f"{before:%m-%d} {view.due_at:%m-%d}" == "11-23 11-30"
    assert "等配件" in desk.notifier.parts[-1].text  # type: ignore[union-attr]
    assert "extend" not in [transition.action for transition in desk.staff.allowed(number)]
    with pytest.raises(IllegalTransition):
        desk.staff.change(number, "extend", actor="李工", text="还要等")


def test_a_message_that_could_not_be_delivered_is_kept_and_sent_later_once(desk: Desk) -> None:
    number = desk.handling()
    desk.notifier.broken = True
    desk.staff.change(number, "reply", actor="李工", text="修好了")
    assert desk.staff.get(number).status == "replied"
    assert desk.service.deliver_notices() == 0
    desk.notifier.broken = False
    restarted = desk.new_service()
    assert restarted.deliver_notices() == 1
    assert restarted.deliver_notices() == 0
    assert isinstance(desk.notifier.parts[-1], StaffPart)


def test_history_cannot_be_rewritten(desk: Desk) -> None:
    desk.filed()
    with desk.sessions() as session:
        event = session.scalar(select(TicketEvent))
        assert event is not None
        event.text = "别的"
        with pytest.raises(RuntimeError):
            session.flush()


def test_unknown_numbers_are_not_found(desk: Desk) -> None:
    for deed in (
        lambda: desk.staff.get("YZ1"),
        lambda: desk.staff.allowed("YZ1"),
        lambda: desk.staff.change("YZ1", "accept", actor="李工"),
        lambda: desk.staff.reveal_contact("YZ1", "李工"),
        lambda: desk.service.urge("YZ1", idempotency_key="u"),
    ):
        with pytest.raises(TicketNotFound):
            deed()
