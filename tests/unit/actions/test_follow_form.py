"""Following a ticket: by number and code, in the same conversation, urging, withdrawing, adding."""

from __future__ import annotations

import pytest

from actions.tickets.drafts import TicketDraft
from actions.tickets.service import TicketService
from actions.tickets.views import FiledTicket
from tests.unit.actions.conftest import Talk, said

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


def test_a_wrong_code_shows_nothing(talk: Talk, elsewhere: FiledTicket) -> None:
    wrong = "000000" if elsewhere.code != "000000" else "111111"
    replies = talk.open("follow", f"{elsewhere.ticket.number} {wrong}", "check_ticket")
    assert said(*replies) == ["utter_ticket_problem"]
    assert numbers(talk, *replies) == []
    assert talk.asked == "follow_number"


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
    assert tickets.get(here.ticket.number).status == "filed"
    talk.open("follow", "撤回投诉", "withdraw_ticket")
    talk.say("确定", "affirm")
    assert tickets.get(here.ticket.number).status == "withdrawn"


def test_adding_words_given_at_once_or_asked_for(talk: Talk, here: FiledTicket, tickets: TicketService) -> None:
    talk.open("follow", "补充一下，收费员还骂人", "supplement_ticket")
    talk.open("follow", "我要补充", "supplement_ticket")
    assert talk.asked == "follow_note"
    talk.say("车牌号是云A12345")
    texts = [event.text for event in tickets.get(here.ticket.number).history if event.action == "note"]
    assert texts == ["收费员还骂人", "车牌号是云A12345"]


def test_without_number_the_telephone_is_named(talk: Talk) -> None:
    talk.open("follow", "查进度", "check_ticket")
    assert said(*talk.say("单号找不到了")) == ["utter_follow_lost"]


def test_a_question_in_the_middle_is_answered(talk: Talk) -> None:
    talk.open("follow", "查进度", "check_ticket")
    assert said(*talk.say("护照怎么办？", "ask_service")) == ["utter_follow_back"]
    assert talk.asked == "follow_number"
