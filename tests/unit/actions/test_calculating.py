"""Sums within a conversation: begun by a button or by what was told, gone on with in words, left by a question."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.calculating.calculating import SLOT
from actions.calculating.catalogue import load_catalogue
from actions.calculating.fields import read_money, read_month, read_number, read_years
from actions.messages import AnswerPart, TextPart
from actions.replies import Reply, Show
from knowledge_base.content_schema import load_content
from tests.unit.actions.conftest import FakeKnowledge, Talk, entry


@pytest.fixture
def counting(talk: Talk, knowledge: FakeKnowledge) -> Talk:
    for calculator in load_catalogue().calculators.values():
        knowledge.entries[calculator.entry] = entry(calculator.entry, calculator.title)
    knowledge.words["退休"] = ["social_insurance.retire_age"]
    knowledge.words["年终奖"] = ["tax.annual_bonus"]
    return talk


def press(talk: Talk, calculator: str, **value: str) -> Reply:
    reply = talk.services.calculating.pressed(talk.turn("/calculate", "calculate", calculator=calculator, **value))
    assert reply is not None
    return talk.hear(reply)


def shown(reply: Reply) -> list[TextPart | AnswerPart]:
    parts = [message.part for message in reply.messages if isinstance(message, Show)]
    return [part for part in parts if isinstance(part, TextPart | AnswerPart)]


def test_every_sum_belongs_to_an_entry_of_the_knowledge_base() -> None:
    ids = {one.id for content in load_content() for one in content.entries}
    assert set(load_catalogue().by_entry) <= ids


def test_the_answer_of_such_an_entry_offers_the_sum(counting: Talk) -> None:
    (card,) = shown(counting.hear_out("几岁退休"))
    assert isinstance(card, AnswerPart)
    assert (card.facets[0].title, card.facets[0].payload) == ("帮我算一算", '/calculate{"calculator": "retirement"}')


def test_what_is_needed_is_asked_one_by_one_and_the_arithmetic_is_shown_with_its_law(counting: Talk) -> None:
    (first,) = shown(press(counting, "retirement"))
    assert isinstance(first, TextPart)
    assert first.buttons[0].title == "男职工"
    (second,) = shown(press(counting, "retirement", value="man"))
    assert "哪年几月" in second.text
    (card,) = shown(counting.hear_out("68年5月的"))
    assert isinstance(card, AnswerPart)
    assert card.text == "您的法定退休年龄是60岁11个月，也就是2029年4月退休。"
    assert card.title == "退休年龄怎么算（男职工、1968年5月）"
    assert card.sources[0].title == "国务院关于渐进式延迟法定退休年龄的办法"
    assert counting.slots[SLOT] is None
    assert counting.slots["entry_id"] == "social_insurance.retire_age"


def test_a_bare_number_is_a_value_where_one_was_asked(counting: Talk) -> None:
    press(counting, "overtime")
    press(counting, "overtime", value="workday")
    (asked,) = shown(counting.hear_out("8700"))
    assert "多少个小时" in asked.text
    (card,) = shown(counting.hear_out("10"))
    assert card.text == "平时延长工作时间10小时，加班费至少750元。"


def test_a_choice_can_be_typed(counting: Talk) -> None:
    press(counting, "retirement")
    (asked,) = shown(counting.hear_out("我是男的"))
    assert "哪年几月" in asked.text


def test_who_tells_all_at_once_gets_the_sum_with_the_answer(counting: Talk) -> None:
    answer, card = shown(counting.hear_out("年终奖发了3万6要交多少税"))
    assert isinstance(answer, AnswerPart) and isinstance(card, AnswerPart)
    assert card.text == "年终奖36000元，单独计税要缴1080元，到手34920元。"


def test_a_question_leaves_the_sum(counting: Talk) -> None:
    press(counting, "severance")
    (card,) = shown(counting.hear_out("居住证怎么办"))
    assert isinstance(card, AnswerPart)
    assert card.entry_id == "residence_permit.apply"
    assert counting.slots[SLOT] is None


def test_what_cannot_be_is_not_taken(counting: Talk) -> None:
    press(counting, "severance")
    assert not counting.services.calculating.fits(counting.turn("干了800年", "free_text"))
    assert counting.services.calculating.fits(counting.turn("干了八年", "free_text"))


def test_a_sum_that_is_no_more_is_said(talk: Talk) -> None:
    turn = talk.turn("/calculate", "calculate", calculator="moon")
    assert talk.services.calculating.pressed(turn) is None


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("1970年5月", "1970-05"),
        ("七五年腊月生的", "1975-12"),
        ("我是66年的3月", "1966-03"),
        ("1981.9", "1981-09"),
        ("198109", "1981-09"),
        ("05年2月", "2005-02"),
        ("交了10年2个月", ""),
        ("属鸡的", ""),
    ],
)
def test_a_month_of_birth_is_read_as_people_say_it(text: str, month: str) -> None:
    assert read_month(text) == month


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("三年", "3"),
        ("3年半", "3.5"),
        ("十年零六个月", "10.5"),
        ("半年", "0.5"),
        ("9个月", "0.75"),
        ("不到一年吧", "1"),
    ],
)
def test_a_length_is_read_in_years(text: str, years: str) -> None:
    assert read_years(text) == years


@pytest.mark.parametrize(
    ("text", "amount"), [("一万二", "12000"), ("8000块", "8000"), ("3万6", "36000"), ("5千到6千", "")]
)
def test_an_amount_is_read_in_yuan(text: str, amount: str) -> None:
    assert read_money(text) == amount


@given(st.text(max_size=60))
def test_whatever_is_said_is_read_or_left(text: str) -> None:
    for read in (read_month, read_years, read_money, read_number):
        assert isinstance(read(text), str)
