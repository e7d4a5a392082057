"""Staff see how a turn was decided: the acts that competed, what they were expected to cost, and which one won."""

from __future__ import annotations

import pytest
from console_room import ConsoleRoom
from page_words import words_of, words_of_page

from actions.deciding.acts import ACTS
from actions.deciding.look import Look
from actions.deciding.settings import load_settings
from actions.messages import Candidate
from bot.security.errors import PermissionDenied
from channels.console.acts import act_label, act_labels
from channels.console.hit_report_view import draw_report
from channels.console.look_view import draw_look, points_line
from channels.console.pages import conversation, unresolved_question
from channels.console.turn_labels import reason_label, turn_labels

COMPETED = [
    {"act": "unknown", "probability": 0.581, "cost": 0.4},
    {"act": "offer_ticket", "probability": 0.4, "cost": 0.581},
    {"act": "refuse", "probability": 0.003, "cost": 2.5},
]
TABLE = ["做法", "可能性", "预计代价", "说不知道", "胜出", "58.1%", "0.40", "提议登记", "40.0%", "0.58"]
REFUSED = Look(
    [Candidate(act="refuse", probability=0.9, cost=0.2), Candidate(act="answer", probability=0.1, cost=5.4)],
    {"general": 0.7, "fee": 0.2, "late": 0.05},
    "court",
)


def holds_in_order(words: list[str], sought: list[str]) -> bool:
    """Whether these words stand on the page, one after the other."""
    return any(words[place : place + len(sought)] == sought for place in range(len(words)))


def test_every_act_has_a_label_of_its_own() -> None:
    assert set(act_labels()) == {act.name for act in ACTS}
    assert len(set(act_labels().values())) == len(ACTS)
    assert not any(label.isascii() for label in act_labels().values())
    assert act_label("fly_away") == "fly_away"


def test_whose_business_a_refusal_names_is_said_in_words() -> None:
    assert set(turn_labels()["doors"]) == set(load_settings().refusals)
    assert reason_label("out_of_scope:court") == "与政务服务无关：法院的事"
    assert reason_label("out_of_scope") == "与政务服务无关"


async def test_a_conversation_shows_the_acts_that_competed_for_a_turn(room: ConsoleRoom) -> None:
    room.turn("异地的居住证能换吗", candidates=COMPETED)
    room.turn("/choose_none")
    words = await words_of_page(conversation.register, room.desk("auditor"), conversation_id="c1")
    assert holds_in_order(words, TABLE)
    assert words.count("胜出") == 1


async def test_an_unresolved_question_shows_the_acts_that_competed_then(room: ConsoleRoom) -> None:
    item = room.question(candidates=COMPETED)
    words = await words_of_page(unresolved_question.register, room.desk("manager"), item_id=str(item))
    assert holds_in_order(words, ["当时比较的做法", "比较过的做法", *TABLE])


async def test_an_unresolved_question_of_before_says_that_nothing_was_compared(room: ConsoleRoom) -> None:
    words = await words_of_page(unresolved_question.register, room.desk("manager"), item_id=str(room.question()))
    assert holds_in_order(words, ["当时比较的做法", "没有", "当时的意图排序"])


async def test_a_hit_test_shows_the_acts_that_would_compete_and_the_likeliest_points(room: ConsoleRoom) -> None:
    room.deciding.seen = REFUSED
    desk = room.desk("handler").hit_tests
    _, report = desk.test("法院判了不执行咋办", "", "")
    words = await words_of(lambda: draw_report(report, desk.region_name, desk.look("法院判了不执行咋办")))
    assert room.deciding.looked_at == ["法院判了不执行咋办"]
    assert holds_in_order(words, ["说明不归这里管（法院的事）", "胜出", "90.0%", "0.20", "回答", "10.0%", "5.40"])
    assert holds_in_order(words, ["若是提问", "整个事项 70%、费用 20%、逾期 5%"])


async def test_a_look_at_what_says_nothing_says_so() -> None:
    words = await words_of(lambda: draw_look(Look()))
    assert words[-1] == "没有可以理解的内容。"
    assert points_line(Look()) == ""


def test_a_look_is_for_those_who_may_read_the_knowledge_base(room: ConsoleRoom) -> None:
    with pytest.raises(PermissionDenied):
        room.desk().hit_tests.look("居住证怎么办")
    assert room.deciding.looked_at == []
