"""Following a ticket: by number and code, in the same conversation, urging, withdrawing, adding."""

from __future__ import annotations

import pytest

from actions.tickets.drafts import TicketDraft
from actions.tickets.scope import EVERY_TICKET
from actions.tickets.service import TicketService
from actions.tickets.views import FiledTicket
from tests.unit.actions.conftest import Talk, said

WRONG = "23456ABC"
DRAFT = TicketDraft("help", "路灯坏了", "解放路", "昨晚", "13800001234")


@pytest.fixture
def elsewhere(tickets: TicketService) -> FiledTicket:
    return tickets.file(DRAFT, conversation_id="other", idempotency_key="k1")


@pytest.fixture
def here(tickets: TicketService) -> FiledTicket:
    return tickets.file(DRAFT, conversation_id="c1", idempotency_key="k2")


def numbers(talk: Talk, *replies: object) -> list[str]:
    return [m.part.number for reply in replies for m in reply.messages if hasattr(m, "part")]  # type: ignore[attr-defined]


def test_number_then_code(talk: Talk, elsewhere: FiledTicket) -> None:
    talk.open("follow", "查进度", "check_ticket")
    assert talk.asked == "follow_number"
    talk.say(elsewhere.ticket.number)
    assert talk.asked == "follow_code"
    assert numbers(talk, *talk.say(elsewhere.code)) == [elsewhere.ticket.number]


def test_both_in_one_sentence(talk: Talk, elsewhere: FiledTicket) -> None:
    replies = talk.open("follow", f"查{elsewhere.ticket.number}，查询码{elsewhere.code}", "check_ticket")
    assert numbers(talk, *replies) == [elsewhere.ticket.number]
    assert [reply.trace is None for reply in replies] == [True, False]


def test_a_wrong_code_shows_nothing_and_says_what_can_be_done(talk: Talk, elsewhere: FiledTicket) -> None:
    replies = talk.open("follow", f"{elsewhere.ticket.number} {WRONG}", "check_ticket")
    assert said(*replies) == ["utter_follow_not_found"]
    assert numbers(talk, *replies) == []
    assert talk.asked == "follow_number"


def test_after_three_wrong_codes_the_form_ends_with_a_way_out(talk: Talk, elsewhere: FiledTicket) -> None:
    talk.open("follow", "查进度", "check_ticket")
    for _ in range(2):
        assert said(*talk.say(f"{elsewhere.ticket.number} {WRONG}")) == ["utter_follow_not_found"]
    assert said(*talk.say(f"{elsewhere.ticket.number} {WRONG}")) == ["utter_follow_unproven"]
    assert not talk.form


def test_after_a_wrong_code_any_other_wish_leaves_the_form(talk: Talk, elsewhere: FiledTicket) -> None:
    talk.open("follow", f"{elsewhere.ticket.number} {WRONG}", "check_ticket")
    answered = talk.say("护照怎么办？", "ask_service")
    assert said(*answered) == []
    assert answered[0].close_form
    assert not talk.form


def test_a_complaint_said_while_a_number_is_asked_for_is_filed(talk: Talk) -> None:
    talk.open("follow", "查进度", "check_ticket")
    talk.say("我要投诉，楼下烧烤店半夜还在放音乐", "file_ticket", 0.95)
    assert talk.form == "ticket"


def test_another_thing_to_do_with_the_ticket_takes_the_place_of_the_first(talk: Talk, here: FiledTicket) -> None:
    talk.open("follow", "撤回投诉", "withdraw_ticket")
    assert talk.asked == "follow_confirm"
    assert numbers(talk, *talk.say("/check_ticket", "check_ticket", 1.0)) == [here.ticket.number]


def test_no_slot_ever_holds_a_code_in_clear(talk: Talk, elsewhere: FiledTicket) -> None:
    seen = []
    talk.open("follow", f"查询码{elsewhere.code}", "check_ticket")
    seen.append(str(talk.slots))
    talk.say(elsewhere.ticket.number)
    seen.append(str(talk.slots))
    talk.open("follow", "催一下", "urge_ticket")
    talk.open(
        "follow", f"补充，查询码{elsewhere.code.lower()}，{elsewhere.ticket.number}，灯杆也歪了", "supplement_ticket"
    )
    seen.append(str(talk.slots))
    assert not [one for one in seen if elsewhere.code in one.upper()]


def test_a_note_goes_to_the_department_without_the_code(
    talk: Talk, elsewhere: FiledTicket, tickets: TicketService
) -> None:
    talk.open("follow", f"补充，{elsewhere.ticket.number}，查询码{elsewhere.code}，灯杆也歪了", "supplement_ticket")
    history = tickets.for_staff(EVERY_TICKET).get(elsewhere.ticket.number).history
    [note] = [event.text for event in history if event.action == "note"]
    assert "灯杆也歪了" in note
    assert elsewhere.code not in note


def test_what_was_shown_once_is_remembered_in_this_conversation_and_in_no_other(
    talk: Talk, elsewhere: FiledTicket, tickets: TicketService
) -> None:
    talk.open("follow", f"{elsewhere.ticket.number} {elsewhere.code}", "check_ticket")
    grant = talk.slots["known_code"]
    assert numbers(talk, *talk.open("follow", "查进度", "check_ticket")) == [elsewhere.ticket.number]
    assert tickets.granted(grant, "another conversation") is None
    for forged in ("own", "", elsewhere.code, tickets.access.keep(elsewhere.code), grant[:-2] + "xx"):
        assert tickets.granted(forged, "c1") is None


def test_a_button_of_an_earlier_step_is_not_taken_for_a_wrong_number(talk: Talk) -> None:
    talk.open("follow", "查进度", "check_ticket")
    for _ in range(3):
        replies = talk.say("/affirm", "affirm", 1.0, asked="ticket_confirm", draft="m0")
        assert said(*replies) == ["utter_button_over"]
    assert talk.asked == "follow_number"


def test_a_button_of_another_form_withdraws_nothing(talk: Talk, here: FiledTicket, tickets: TicketService) -> None:
    talk.open("follow", "撤回投诉", "withdraw_ticket")
    talk.say("/affirm", "affirm", 1.0, asked="ticket_confirm", draft="m0")
    assert tickets.for_staff(EVERY_TICKET).get(here.ticket.number).status == "filed"
    talk.say("/affirm", "affirm", 1.0, asked="follow_confirm")
    assert tickets.for_staff(EVERY_TICKET).get(here.ticket.number).status == "withdrawn"


def test_the_ticket_of_this_conversation_needs_no_code(talk: Talk, here: FiledTicket) -> None:
    assert numbers(talk, *talk.open("follow", "我刚才那个投诉怎么样了", "check_ticket")) == [here.ticket.number]


def test_own_is_no_code_that_can_be_typed(talk: Talk, elsewhere: FiledTicket) -> None:
    talk.open("follow", elsewhere.ticket.number, "check_ticket")
    talk.say("own")
    assert talk.asked == "follow_code"


def test_urging_twice_is_refused_in_words(talk: Talk, here: FiledTicket) -> None:
    assert said(*talk.open("follow", "催一下", "urge_ticket")) == ["utter_follow_urge_done"]
    assert said(*talk.open("follow", "再催一下", "urge_ticket")) == ["utter_ticket_problem"]


def test_withdrawing_is_confirmed_first(talk: Talk, here: FiledTicket, tickets: TicketService) -> None:
    talk.open("follow", "撤回投诉", "withdraw_ticket")
    assert said(*talk.say("不撤了", "deny")) == ["utter_follow_kept"]
    assert tickets.for_staff(EVERY_TICKET).get(here.ticket.number).status == "filed"
    talk.open("follow", "撤回投诉", "withdraw_ticket")
    talk.say("确定", "affirm")
    assert tickets.for_staff(EVERY_TICKET).get(here.ticket.number).status == "withdrawn"


def test_adding_words_given_at_once_or_asked_for(talk: Talk, here: FiledTicket, tickets: TicketService) -> None:
    talk.open("follow", "补充一下，收费员还骂人", "supplement_ticket")
    talk.open("follow", "我要补充", "supplement_ticket")
    assert talk.asked == "follow_note"
    talk.say("车牌号是云A12345")
    texts = [
        event.text
        for event in tickets.for_staff(EVERY_TICKET).get(here.ticket.number).history
        if event.action == "note"
    ]
    assert texts == ["收费员还骂人", "车牌号是云A12345"]


def test_without_number_the_telephone_is_named(talk: Talk) -> None:
    talk.open("follow", "查进度", "check_ticket")
    assert said(*talk.say("单号找不到了")) == ["utter_follow_lost"]


def test_a_question_in_the_middle_is_answered(talk: Talk) -> None:
    talk.open("follow", "查进度", "check_ticket")
    assert said(*talk.say("护照怎么办？", "ask_service")) == ["utter_follow_back"]
    assert talk.asked == "follow_number"
