"""What was not understood: asked about in words from data, twice at most, then a way out; never in a circle."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actions.answering import QuestionAnswering
from actions.fallback import FAILURES_BEFORE_WAY_OUT
from actions.intent_labels import load_intent_labels
from actions.messages import AnswerPart, ServicesPart
from actions.recommendation.service import RecommendationService, load_life_events
from actions.replies import Reply, Say, Show
from actions.services import ActionServices
from actions.tickets.service import TicketService
from actions.turns import turn_of
from channels.conversations.unresolved import reason_labels
from knowledge_base.results import SearchResult
from tests.support.deciding_models import real_models
from tests.unit.actions.conftest import FakeKnowledge, Handovers, Talk, said

WAYS_OUT = ["utter_way_out", "utter_way_out_near"]
ASKING = {"utter_ask_intent", "utter_ask_intents", "utter_clarify"}


def asked(reply: Reply) -> list[str]:
    """Titles of the buttons of the one message."""
    (message,) = reply.messages
    assert isinstance(message, Say)
    return [button.title for button in message.buttons]


def test_one_likely_intent_is_asked_about_with_its_description(talk: Talk) -> None:
    reply = talk.unsure("我想反应", file_ticket=0.22, out_of_scope=0.21, greet=0.11)
    assert said(reply) == ["utter_ask_intent"]
    assert asked(reply) == ["反映一个问题", "都不是"]
    label = load_intent_labels().offered["file_ticket"]
    assert reply.messages[0].params == {"label": label.label, "description": label.description}  # type: ignore[union-attr]
    assert reply.trace is not None
    assert (reply.trace.decision, reply.trace.reason) == ("clarify", "intent_not_sure")


def test_of_several_likely_intents_the_first_three_are_put_up(talk: Talk) -> None:
    reply = talk.unsure("工单", check_ticket=0.2, nonsense=0.18, urge_ticket=0.16, withdraw_ticket=0.1, file_ticket=0.1)
    assert said(reply) == ["utter_ask_intents"]
    assert asked(reply) == ["查办理进度", "催一催进度", "撤回登记过的事", "都不是"]


def test_an_unlikely_intent_is_not_asked_about(talk: Talk) -> None:
    assert said(talk.unsure("帮忙", greet=0.3, file_ticket=0.01)) == ["utter_unknown"]


def test_what_the_knowledge_base_answers_is_answered_however_unsure_the_classifier_was(talk: Talk) -> None:
    reply = talk.unsure("居住证", check_ticket=0.3)
    assert isinstance(reply.messages[0], Show)
    assert isinstance(reply.messages[0].part, AnswerPart)


def test_a_question_that_is_understood_but_not_known_gets_no_guess(talk: Talk) -> None:
    assert said(talk.ask("火星上怎么落户")) == ["utter_unknown"]


def test_refused_once_other_words_are_asked_for_and_refused_twice_it_leaves(talk: Talk) -> None:
    talk.unsure("工单", check_ticket=0.2)
    assert said(talk.refuse()) == ["utter_rephrase"]
    assert said(talk.unsure("弄那个事", file_ticket=0.2)) == ["utter_ask_intent"]
    reply = talk.refuse()
    assert said(reply) == ["utter_way_out"]
    assert reply.trace is not None
    assert (reply.trace.decision, reply.trace.reason) == ("unresolved", "clarify_refused")


def test_a_question_back_that_is_passed_over_counts_as_refused(talk: Talk) -> None:
    talk.unsure("工单", check_ticket=0.2)
    assert said(talk.unsure("那个呀", urge_ticket=0.2)) == ["utter_rephrase"]
    assert said(talk.ask("asdf", "nonsense")) == ["utter_way_out"]


def test_the_same_intent_is_not_asked_about_twice_in_a_stretch(talk: Talk) -> None:
    talk.unsure("工单", check_ticket=0.2)
    talk.refuse()
    assert said(talk.unsure("单子", check_ticket=0.3)) == ["utter_way_out"]
    talk.ask("居住证怎么办")
    assert said(talk.unsure("工单", check_ticket=0.2)) == ["utter_ask_intent"]


def test_refused_entries_count_and_are_not_offered_again(talk: Talk) -> None:
    assert asked(talk.ask("证件")) == ["身份证补领", "身份证换领", "都不是"]
    assert said(talk.refuse()) == ["utter_rephrase"]
    assert said(talk.ask("证件的事")) == ["utter_way_out"]


def test_after_the_way_out_what_was_found_stands_beside_it_and_nothing_is_asked(talk: Talk) -> None:
    talk.ask("火星上怎么落户")
    talk.ask("月亮上怎么落户")
    reply = talk.ask("证件")
    assert said(reply) == ["utter_way_out_near"]
    assert asked(reply) == ["身份证补领", "身份证换领", "登记给工作人员", "转人工"]
    assert isinstance(talk.choose("第一个").messages[0], Show)
    assert talk.slots["fallback"] is None


def test_refusing_keeps_the_question_for_the_ticket(talk: Talk) -> None:
    talk.ask("证件")
    talk.hear(talk.services.answers.none_chosen(talk.turn("都不是", "choose_none")))
    assert talk.slots["last_question"] == "证件"


@pytest.mark.parametrize("text", ["第一个", "最后一个"])
def test_an_intent_can_be_chosen_in_words(talk: Talk, text: str) -> None:
    talk.unsure("进展", check_ticket=0.2, urge_ticket=0.19)
    reply = talk.choose(text)
    assert reply.next_action == "follow_form"
    payload = {"第一个": "/check_ticket", "最后一个": "/urge_ticket"}[text]
    assert talk.slots["taken"]["payload"] == payload


def test_yes_takes_the_only_thing_asked_about(talk: Talk) -> None:
    talk.unsure("楼道灯坏了", file_ticket=0.3)
    assert talk.settle("是的", "affirm").next_action == "ticket_form"


class Doubtful(FakeKnowledge):
    """Finds at most one entry, and is never sure of it."""

    def search(self, question: str, *, limit: int = 5) -> SearchResult:
        return replace(super().search(question, limit=1), band="clarify")


def test_yes_takes_the_only_entry_that_may_be_meant(talk: Talk) -> None:
    talk.services.answers = QuestionAnswering(Doubtful())
    assert asked(talk.ask("居住证多少钱", "ask_fee")) == ["居住证申领", "都不是"]
    (message,) = talk.settle("对的", "affirm").messages
    assert isinstance(message, Show)
    assert isinstance(message.part, AnswerPart)
    assert (message.part.entry_id, message.part.facet) == ("residence_permit.apply", "fee")


def test_yes_to_several_and_yes_to_nothing_invite_to_go_on(talk: Talk) -> None:
    assert said(talk.settle("好", "affirm")) == ["utter_go_on"]
    talk.unsure("工单", check_ticket=0.2, urge_ticket=0.19)
    assert said(talk.settle("是的", "affirm")) == ["utter_go_on"]


def test_no_refuses_what_was_asked_about_and_only_that(talk: Talk) -> None:
    assert said(talk.settle("不是", "deny")) == ["utter_go_on"]
    talk.unsure("工单", check_ticket=0.2)
    assert said(talk.settle("不是", "deny")) == ["utter_rephrase"]


def tracker(message: dict[str, Any], slots: dict[str, Any], offered: list[dict[str, str]]) -> dict[str, Any]:
    return {
        "sender_id": "c1",
        "latest_message": message,
        "slots": slots,
        "events": [{"event": "user"}, {"event": "bot", "data": {"buttons": offered}}, {"event": "user"}],
    }


OFFER = [{"title": "反映一个问题", "payload": "/file_ticket"}, {"title": "都不是", "payload": "/choose_none"}]
MESSAGE = {"text": "是的", "intent": {"name": "affirm", "confidence": 0.9}, "metadata": {"message_id": "m7"}}


def test_an_offer_taken_in_this_turn_is_a_button_pressed() -> None:
    slots = {"taken": {"message_id": "m7", "payload": '/file_ticket{"ticket_kind": "help"}'}}
    turn = turn_of(tracker(MESSAGE, slots, OFFER))
    assert (turn.intent, turn.pressed, turn.said) == ("file_ticket", True, "")
    assert turn.entities == {"ticket_kind": "help"}


def test_an_offer_taken_in_an_earlier_turn_is_over() -> None:
    slots = {"taken": {"message_id": "m6", "payload": "/file_ticket"}}
    assert turn_of(tracker(MESSAGE, slots, OFFER)).intent == "affirm"


def test_the_turn_knows_the_ranking_and_what_was_offered_just_now() -> None:
    ranking = [{"name": "affirm", "confidence": 0.9}, {"name": None, "confidence": 0.0}]
    turn = turn_of(tracker(MESSAGE | {"intent_ranking": ranking}, {}, OFFER))
    assert (list(turn.ranking), list(turn.offers)) == ([("affirm", 0.9)], ["/file_ticket"])
    assert list(turn_of(tracker(MESSAGE, {}, OFFER[:1])).offers) == []


def test_an_offer_said_once_more_is_still_on_offer() -> None:
    part = {"type": "text", "text": "您是想……", "buttons": OFFER}
    events = [{"event": "user"}, {"event": "bot", "data": {"custom": {"part": part}}}, {"event": "user"}]
    turn = turn_of({"sender_id": "c1", "latest_message": MESSAGE, "slots": {}, "events": events})
    assert list(turn.offers) == ["/file_ticket"]


def test_a_ticket_offered_for_what_was_said_is_opened_with_it(talk: Talk) -> None:
    talk.unsure("锦绣花园3号楼的路灯坏了好几天没人修", file_ticket=0.3)
    talk.open("ticket", "/file_ticket", "file_ticket")
    assert talk.slots["ticket_kind"] == "help"
    assert talk.slots["ticket_what"] == "锦绣花园3号楼的路灯坏了好几天没人修"
    assert talk.slots["ticket_where"] == "锦绣花园3号楼"
    assert talk.slots["fallback"] is None


def test_words_that_only_ask_for_a_ticket_are_not_what_happened(talk: Talk) -> None:
    talk.unsure("我想反应", file_ticket=0.22)
    talk.open("ticket", "/file_ticket", "file_ticket")
    assert talk.asked == "ticket_what"


def test_a_number_said_before_the_offer_is_not_asked_for_again(talk: Talk) -> None:
    talk.unsure("YZ20260105-00018 咋样了", check_ticket=0.3)
    talk.open("follow", "/check_ticket", "check_ticket")
    assert (talk.slots["follow_number"], talk.asked) == ("YZ20260105-00018", "follow_code")


def test_services_offered_for_a_need_are_those_of_the_need(talk: Talk) -> None:
    talk.unsure("孩子刚出生", recommend_services=0.3)
    reply = talk.services.recommending.reply(talk.turn("/recommend_services", "recommend_services", 1.0))
    assert isinstance(reply.messages[0], Show)
    assert isinstance(reply.messages[0].part, ServicesPart)


MOVES: dict[str, Callable[[Talk], Reply]] = {
    "refuse": Talk.refuse,
    "no": lambda talk: talk.settle("不是", "deny"),
    "nonsense": lambda talk: talk.ask("asdf", "nonsense"),
    "unknown": lambda talk: talk.ask("火星上怎么落户"),
    "in doubt": lambda talk: talk.ask("证件"),
    "unsure": lambda talk: talk.unsure("那个事", check_ticket=0.3, urge_ticket=0.2),
    "unsure otherwise": lambda talk: talk.unsure("这个事", file_ticket=0.3, request_human=0.1),
    "unsure and nothing likely": lambda talk: talk.unsure("什么事", greet=0.3),
}


class NoTickets:
    """These conversations file none."""


@settings(deadline=None)
@given(st.lists(st.sampled_from(sorted(MOVES)), min_size=8, max_size=14))
def test_whatever_is_refused_or_not_understood_ends_in_the_way_out_and_stays_there(moves: list[str]) -> None:
    knowledge = FakeKnowledge()
    recommendation = RecommendationService(load_life_events(), knowledge)
    tickets: TicketService = NoTickets()  # type: ignore[assignment]
    talk = Talk(ActionServices(knowledge, tickets, recommendation, Handovers(), {"name": "云州市"}, real_models()))
    replies = [MOVES[move](talk) for move in moves if move != "no" or talk.turn("", "").offers]
    words = [response for reply in replies for response in said(reply)]
    asking = [place for place, response in enumerate(words) if response in ASKING]
    out = [place for place, response in enumerate(words) if response in WAYS_OUT]
    assert len(asking) <= FAILURES_BEFORE_WAY_OUT
    assert len(words) < 4 or out[0] <= 3
    assert set(words[out[0] :] if out else ()) <= set(WAYS_OUT)
    put_up = [tuple(asked(reply)) for reply in replies if {"utter_ask_intent", "utter_ask_intents"} & set(said(reply))]
    assert len(put_up) == len(set(put_up))
    for trace in (reply.trace for reply in replies):
        assert trace is not None
        assert trace.decision != "unresolved" or trace.reason in reason_labels()
