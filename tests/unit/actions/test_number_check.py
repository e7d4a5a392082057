"""A number with a wrong check digit is kept, and the citizen is asked to look at it: in forms and in questions."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from actions.handlers.answer_question import AnswerQuestion
from actions.number_check import WRONG_KINDS
from actions.tickets.drafts import TicketDraft
from actions.tickets.scope import EVERY_TICKET
from actions.tickets.service import TicketService
from tests.unit.actions.conftest import Talk, said

RESPONSES = Path(__file__).parents[3] / "bot" / "dialogue" / "responses"
RIGHT, WRONG = "11010519491231002X", "110105194912310021"
WRONG_CODE = "91440300708461136X"
HINT, CODE_HINT = (f"utter_{kind}" for kind in WRONG_KINDS)


def test_a_wrong_number_in_the_opening_sentence_is_told_and_kept(talk: Talk) -> None:
    sentence = f"小王冒用我的身份证{WRONG}办了电话卡"
    assert said(*talk.open("ticket", sentence, "file_ticket")) == [HINT, "utter_ticket_opened"]
    assert talk.slots["ticket_what"] == sentence


@pytest.mark.parametrize("field", ["what", "where", "when", "confirm"])
def test_a_wrong_number_is_told_and_kept_whichever_field_was_asked(talk: Talk, field: str) -> None:
    talk.open("ticket", "我要投诉", "file_ticket")
    values = {"what": "有人冒用我的身份证", "where": "解放路3号", "when": "昨天晚上", "contact": "13800001234"}
    talk.slots |= {f"ticket_{name}": None if name == field else value for name, value in values.items()}
    talk.slots["requested_slot"] = f"ticket_{field}"
    replies = talk.say(f"昨天晚上在解放路3号被人冒用身份证{WRONG}")
    assert said(*replies)[0] == HINT
    assert WRONG in talk.slots["ticket_what"]


def test_a_wrong_number_where_a_telephone_was_asked_is_told(talk: Talk) -> None:
    talk.open("ticket", "昨天晚上人民路的烧烤摊吵得睡不着", "file_ticket")
    assert said(*talk.say(WRONG)) == [HINT, "utter_ticket_bad_phone"]


def test_a_question_inside_a_form_is_told_once(talk: Talk) -> None:
    talk.open("ticket", "小区路灯坏了好几天没人修", "file_ticket")
    replies = talk.say(f"身份证{WRONG}，居住证多久能办好？", "ask_time_limit", 0.9)
    assert said(*replies) == [HINT, "utter_ticket_back"]


def test_a_wrong_number_given_for_a_ticket_number_is_told_and_is_no_ticket_number(talk: Talk) -> None:
    talk.open("follow", "查进度", "check_ticket")
    assert said(*talk.say(WRONG)) == [HINT, "utter_follow_bad_number"]
    assert talk.asked == "follow_number"


def test_a_wrong_number_in_a_note_is_told_and_kept(talk: Talk, tickets: TicketService) -> None:
    draft = TicketDraft("help", "路灯坏了", "解放路", "昨晚", "13800001234")
    filed = tickets.file(draft, conversation_id="c1", idempotency_key="k1")
    replies = talk.open("follow", f"补充一下，公司代码{WRONG_CODE}", "supplement_ticket")
    assert said(*replies) == [CODE_HINT, "utter_follow_supplement_done"]
    notes = [
        event.text
        for event in tickets.for_staff(EVERY_TICKET).get(filed.ticket.number).history
        if event.action == "note"
    ]
    assert notes == [f"公司代码{WRONG_CODE}"]


def test_a_wrong_number_in_a_question_is_told_before_the_answer(talk: Talk) -> None:
    turn = talk.turn(f"身份证{WRONG}和{WRONG}，公司{WRONG_CODE}，居住证怎么办")
    reply = AnswerQuestion(talk.services).reply(turn)
    assert said(reply) == [HINT, CODE_HINT]
    assert reply.trace is not None
    assert reply.trace.entry_id == "residence_permit.apply"


@pytest.mark.parametrize(
    "text",
    [
        f"身份证{RIGHT}，居住证怎么办",
        f"凭营业执照和身份证{RIGHT}办居住证",
        "订单202611210000123456，居住证怎么办",
        "手机13800001234，居住证怎么办",
        f'/ask_service{{"text": "{WRONG}"}}',
    ],
)
def test_right_numbers_other_numbers_and_buttons_are_not_doubted(talk: Talk, text: str) -> None:
    reply = AnswerQuestion(talk.services).reply(talk.turn(text))
    assert not {HINT, CODE_HINT} & set(said(reply))


def test_the_hints_have_words_and_take_no_number() -> None:
    responses = yaml.safe_load((RESPONSES / "questions.yml").read_text(encoding="utf-8"))["responses"]
    for hint in (HINT, CODE_HINT):
        assert [("{" in variant["text"]) for variant in responses[hint]] == [False]
