"""A complaint from the first word to the handler's answer."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from assistant import RunningAssistant
from citizen import Citizen
from complaints import PHONE, WHAT, WHEN, WHERE, fill_in_complaint
from records import Records

from actions.tickets.scope import EVERY_TICKET
from bot.container import Storage, build_storage

ARRIVES_WITHIN = 2.0


@pytest.fixture(scope="module")
def office(assistant: RunningAssistant) -> Iterator[Storage]:
    """A handler's services, on the same database and Redis."""
    storage = build_storage(assistant.settings)
    yield storage
    storage.engine.dispose()


def test_a_complaint_with_a_question_in_the_middle_is_filed_once(citizen: Citizen, records: Records) -> None:
    citizen.say("我要投诉")
    citizen.say(WHAT)
    aside = citizen.say("居住证多久能办好")
    assert aside.part("answer")["entry_id"] == "residence_permit.apply"
    assert "地方" in aside.text, "the form asks again what it had asked"
    citizen.say(WHERE)
    citizen.say(WHEN)
    read_back = citizen.say(PHONE)
    assert all(words in read_back.text for words in (WHAT, WHERE, WHEN))
    card = citizen.press(read_back.button("确认提交")).part("ticket")
    assert re.fullmatch(r"YZ\d{8}-\d{5}", card["number"])
    assert re.fullmatch("[0-9A-HJKMNP-TV-Z]{8}", card["code"])
    assert (card["kind_label"], card["status"], card["summary"]) == ("投诉", "filed", WHAT)
    assert card["due"]
    [ticket] = records.tickets(citizen.id)
    assert (ticket.what, ticket.where, ticket.when, ticket.anonymous) == (WHAT, WHERE, WHEN, False)


def test_nothing_is_filed_before_the_citizen_confirms(citizen: Citizen, records: Records) -> None:
    fill_in_complaint(citizen)
    assert records.tickets(citizen.id) == []


def test_status_is_told_elsewhere_by_number_and_code(new_citizen: Callable[[], Citizen]) -> None:
    card = filed(new_citizen())
    seen = looked_up(new_citizen(), card)
    assert (seen["number"], seen["status_label"], seen["code"]) == (card["number"], "待受理", "")


def test_a_wrong_code_shows_nothing_of_the_ticket(new_citizen: Callable[[], Citizen]) -> None:
    card = filed(new_citizen())
    wrong = ("3" if card["code"][0] != "3" else "4") + card["code"][1:]
    stranger = new_citizen()
    stranger.say("查我的工单")
    stranger.say(card["number"])
    reply = stranger.say(wrong)
    assert "没有查到" in reply.text
    assert WHAT not in str(reply.parts)
    assert not [part for part in reply.parts if part["type"] == "ticket"]


def test_a_handlers_answer_reaches_the_open_conversation(
    citizen: Citizen, new_citizen: Callable[[], Citizen], office: Storage
) -> None:
    card = filed(citizen)
    with citizen.listening() as stream:
        office.tickets.for_staff(EVERY_TICKET).change(card["number"], "accept", actor="handler")
        [accepted] = stream.wait_for(1, ARRIVES_WITHIN)
        office.tickets.for_staff(EVERY_TICKET).change(
            card["number"], "reply", actor="handler", text="路灯今天下午修好。"
        )
        answered = stream.wait_for(2, ARRIVES_WITHIN)[-1]
    assert accepted["parts"][0]["status"] == "accepted"
    part = answered["parts"][0]
    assert (answered["role"], part["type"], part["ticket_number"]) == ("staff", "staff", card["number"])
    assert "路灯今天下午修好。" in part["text"]
    assert citizen.transcript()[-2:] == [accepted, answered]
    seen = looked_up(new_citizen(), card)
    assert seen["status_label"] == "已答复"
    assert any("路灯今天下午修好。" in line["text"] for line in seen["history"])


def test_nobody_else_hears_the_answer(citizen: Citizen, new_citizen: Callable[[], Citizen], office: Storage) -> None:
    card = filed(citizen)
    with citizen.listening() as own, new_citizen().listening() as other:
        office.tickets.for_staff(EVERY_TICKET).change(card["number"], "accept", actor="handler")
        own.wait_for(1, ARRIVES_WITHIN)
        assert other.messages == []


def looked_up(citizen: Citizen, card: dict[str, str]) -> dict[str, Any]:
    """The ticket as a conversation shows it that did not file it."""
    assert "工单号" in citizen.say("查我的工单").text
    assert "查询码" in citizen.say(card["number"]).text
    return citizen.say(card["code"]).part("ticket")


def filed(citizen: Citizen) -> dict[str, str]:
    card: dict[str, str] = citizen.press(fill_in_complaint(citizen).button("确认提交")).part("ticket")
    return card
