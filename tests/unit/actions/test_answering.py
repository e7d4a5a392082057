"""Answers, follow-ups, clarification, honesty and the way out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from actions.answered import answer_card_for
from actions.answering import QuestionAnswering
from actions.answers import answer_card, sources
from actions.messages import AnswerPart, ServicesPart
from actions.recommendation.service import load_life_events
from actions.recommending import Recommending
from actions.replies import Reply, Say, Show
from knowledge_base.aspects import points_of
from knowledge_base.content_schema import LegalBasis
from knowledge_base.results import PublishedEntry
from knowledge_base.sisters import SisterGroups, Sisters
from tests.unit.actions.conftest import FakeKnowledge, Handovers, Talk, entry, said


def card(reply: Reply) -> AnswerPart:
    parts = [message.part for message in reply.messages if isinstance(message, Show)]
    assert len(parts) == 1
    assert isinstance(parts[0], AnswerPart)
    return parts[0]


def test_a_question_is_answered_with_its_source(talk: Talk) -> None:
    reply = talk.ask("居住证怎么办")
    answer = card(reply)
    assert answer.entry_id == "residence_permit.apply"
    assert answer.sources[0].number == "国务院令第663号"
    assert [button.title for button in answer.facets][:2] == ["材料", "费用"]
    assert answer.facets[0].payload == '/ask_materials{"entry_id": "residence_permit.apply"}'
    assert reply.trace is not None
    assert reply.trace.decision == "answer"
    assert talk.slots["fallback"] is None


def test_follow_ups_stay_with_the_item(talk: Talk) -> None:
    talk.ask("居住证怎么办")
    assert card(talk.ask("要带什么材料", "ask_materials")).items == ["身份证原件", "照片"]
    assert "15日内" in card(talk.ask("多久能办好", "nlu_fallback", 0.3)).text
    assert card(talk.ask("流程是什么", "ask_steps")).ordered


def test_a_follow_up_that_names_another_item_moves_to_it(talk: Talk) -> None:
    talk.ask("居住证怎么办")
    talk.ask("多少钱", "ask_fee")
    moved = card(talk.ask("那护照呢"))
    assert (moved.entry_id, moved.facet) == ("exit_entry.passport_first", "fee")


def test_an_unknown_addition_stays_with_the_item(talk: Talk) -> None:
    talk.ask("居住证怎么办")
    assert card(talk.ask("外地人要什么材料", "ask_materials")).entry_id == "residence_permit.apply"


def test_a_facet_without_an_item_is_remembered(talk: Talk) -> None:
    assert said(talk.ask("要带什么材料", "ask_materials")) == ["utter_which_item"]
    answer = card(talk.ask("护照", "nlu_fallback", 0.3))
    assert (answer.entry_id, answer.facet) == ("exit_entry.passport_first", "materials")
    assert talk.slots["facet_pending"] is None


def test_an_entry_without_facts_gives_its_whole_answer(talk: Talk) -> None:
    answer = card(talk.ask("离婚冷静期要什么材料", "ask_materials"))
    assert (answer.entry_id, answer.facet, answer.facets) == ("marriage.cooling_off", "", [])


def test_a_pressed_facet_needs_no_search(talk: Talk) -> None:
    answer = card(talk.ask('/ask_fee{"entry_id": "hukou.id_lost"}', "ask_fee", 1.0, entry_id="hukou.id_lost"))
    assert (answer.entry_id, answer.facet) == ("hukou.id_lost", "fee")


def test_several_candidates_are_offered_and_can_be_chosen_by_word(talk: Talk) -> None:
    reply = talk.ask("证件多少钱", "ask_fee")
    assert said(reply) == ["utter_clarify"]
    message = reply.messages[0]
    assert isinstance(message, Say)
    assert [button.title for button in message.buttons] == ["身份证补领", "身份证换领", "都不是"]
    chosen = talk.services.answers.choice(talk.turn("第二个", "choose_entry"))
    assert (card(chosen).entry_id, card(chosen).facet) == ("hukou.id_renew", "fee")


def test_entries_that_are_taken_for_one_another_are_told_apart_by_one_question(talk: Talk) -> None:
    labels = {"hukou.id_lost": "丢了", "hukou.id_renew": "到期了", "hukou.not_published": "第一次办"}
    sisters = SisterGroups([Sisters(ask="是丢了，还是到期了？", entries=labels)])
    talk.services.answers = QuestionAnswering(talk.services.knowledge, 3, sisters)
    result = talk.services.knowledge.search("证件多少钱")
    reply = talk.services.answers.clarify(result, "fee", talk.turn("证件多少钱"))
    (message,) = reply.messages
    assert isinstance(message, Say)
    assert (message.response, message.params["question"]) == ("utter_tell_apart", "是丢了，还是到期了？")
    assert [button.title for button in message.buttons] == ["丢了", "到期了", "都不是"]
    assert reply.slots["choices"] == ["hukou.id_lost", "hukou.id_renew"]


def test_a_point_is_shown_with_the_law_that_says_it() -> None:
    points = {
        "late": "过期可以补办。〔《居住证暂行条例》第十条〕",
        "penalty": "罚款50元。〔《治安管理处罚法》第三条〕",
        "proxy": "家人可以代办。",
    }
    one = replace(entry("a.b", "居住证申领"), points=points_of(points))
    (own,) = answer_card_for(one, ["late"]).sources
    assert (own.title, own.article, own.issuer, own.number) == ("居住证暂行条例", "第十条", "国务院", "国务院令第663号")
    (other,) = answer_card_for(one, ["penalty"]).sources
    assert (other.title, other.article, other.issuer) == ("治安管理处罚法", "第三条", "")
    both = answer_card_for(one, ["late", "proxy"])
    assert [source.article for source in both.sources] == ["第十条", "第九条"]
    assert both.items == ["逾期：过期可以补办。", "代办：家人可以代办。"]


def test_what_is_not_known_is_said_and_the_second_time_a_way_out_is_offered(talk: Talk) -> None:
    first, second = talk.ask("火星上怎么落户"), talk.ask("月亮上怎么落户")
    assert said(first, second) == ["utter_unknown", "utter_way_out"]
    assert first.trace is not None
    assert (first.trace.decision, first.trace.reason) == ("unresolved", "no_answer")
    talk.ask("居住证怎么办")
    assert said(talk.ask("火星上怎么落户")) == ["utter_unknown"]


def test_nonsense_twice_offers_a_way_out(talk: Talk) -> None:
    assert said(talk.ask("asdf", "nonsense"), talk.ask("嗯嗯啊啊", "nonsense")) == ["utter_nonsense", "utter_way_out"]


def test_the_classifier_alone_refuses_nobody(talk: Talk) -> None:
    assert said(talk.ask("阳台上可以养鸽子吗", "out_of_scope")) == ["utter_unknown"]


def test_out_of_scope_is_calm_but_a_known_subject_is_answered(talk: Talk) -> None:
    calm = talk.ask("今天天气怎么样", "out_of_scope")
    assert said(calm) == ["utter_out_of_scope"]
    assert calm.trace is not None
    assert calm.trace.decision == "smalltalk"
    assert card(talk.ask("护照长什么样", "out_of_scope")).entry_id == "exit_entry.passport_first"


def test_an_entry_retired_meanwhile_is_said(talk: Talk, knowledge: FakeKnowledge) -> None:
    del knowledge.entries["hukou.id_lost"]
    reply = talk.ask("/choose_entry", "ask_service", 1.0, entry_id="hukou.id_lost")
    assert said(reply) == ["utter_entry_gone"]


def test_not_helpful_offers_the_other_hits_and_people(talk: Talk) -> None:
    talk.ask("证件多少钱", "ask_fee")
    talk.slots["entry_id"] = "hukou.id_lost"
    reply = talk.services.answers.rejected(talk.turn("没解决", "give_feedback_bad"))
    message = reply.messages[0]
    assert isinstance(message, Say)
    assert [button.title for button in message.buttons] == ["身份证换领", "登记给工作人员", "转人工"]
    assert reply.trace is not None
    assert reply.trace.reason == "wrong_answer"


def test_a_need_gives_services_in_order_and_only_published_ones(talk: Talk) -> None:
    reply = talk.services.recommending.reply(talk.turn("孩子刚出生要办什么", "recommend_services"))
    message = reply.messages[0]
    assert isinstance(message, Show)
    titles = [service.title for service in message.part.services]  # type: ignore[union-attr]
    assert titles[0] == "出生医学证明"
    assert "给孩子上户口" not in titles


def test_every_service_shows_its_source_and_why_it_is_done(talk: Talk, knowledge: FakeKnowledge) -> None:
    reply = talk.services.recommending.reply(talk.turn("孩子刚出生要办什么", "recommend_services"))
    message = reply.messages[0]
    assert isinstance(message, Show)
    assert isinstance(message.part, ServicesPart)
    assert {service.source for service in message.part.services} == {"《居住证暂行条例》第九条"}
    assert all(step.note for event in load_life_events() for step in event.steps)
    assert reply.slots["choices"] == [
        step.entry_id for step in load_life_events()[0].steps if knowledge.entry(step.entry_id)
    ]


class WithoutBirthCertificate(FakeKnowledge):
    def entry(self, entry_id: str) -> PublishedEntry | None:
        return None if entry_id == "childbirth.birth_certificate" else super().entry(entry_id)


def test_a_service_retired_in_between_is_left_out(talk: Talk) -> None:
    answers = QuestionAnswering(WithoutBirthCertificate())
    recommending = Recommending(talk.services.recommendation, answers, "云州市")
    reply = recommending.reply(talk.turn("孩子刚出生要办什么", "recommend_services"))
    assert reply.slots["choices"][0] == "childbirth.one_thing"


@pytest.mark.parametrize(
    ("own", "shown"),
    [
        ([None], [date(2016, 1, 1)]),
        ([None, None], [None, None]),
        ([date(2020, 5, 28), None], [date(2020, 5, 28), None]),
        ([date(2020, 5, 28)], [date(2020, 5, 28)]),
    ],
)
def test_a_document_shows_its_own_date_or_the_entrys_only_where_it_is_the_only_one(
    own: list[date | None], shown: list[date | None]
) -> None:
    basis = [LegalBasis(title="某法", issuer="国务院", effective=day) for day in own]
    item = replace(entry("residence_permit.apply", "居住证申领"), legal_basis=basis)
    assert [source.effective for source in sources(item)] == shown


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("免费", "免费。"),
        ("免费。", "免费。"),
        ("咨询 0599-12345", "咨询 0599-12345。"),
        ("见 https://yunzhou.example", "见 https://yunzhou.example"),
    ],
)
def test_what_is_said_of_a_facet_ends_as_a_sentence(value: str, text: str) -> None:
    item = entry("residence_permit.apply", "居住证申领")
    assert item.facts is not None
    item = replace(item, facts=item.facts.model_copy(update={"fee": value}))
    assert answer_card(item, "fee").text == f"办理“居住证申领”的费用：{text}"


def test_a_need_nobody_knows_is_asked_for(talk: Talk) -> None:
    assert said(talk.services.recommending.reply(talk.turn("有什么推荐", "recommend_services"))) == ["utter_which_need"]


def test_asking_for_a_human_is_recorded_once_a_message_and_said_honestly(talk: Talk, handovers: Handovers) -> None:
    turn = talk.turn("转人工", "request_human")
    assert said(talk.services.humans.reply(turn), talk.services.humans.reply(turn)) == ["utter_human_recorded"] * 2
    assert list(handovers.requests.values()) == [("c1", "human_requested")]


def test_a_likely_answer_is_shown_as_a_guess_with_what_else_may_be_meant(talk: Talk) -> None:
    knowledge = talk.services.knowledge
    result = knowledge.search("证件多少钱")
    guess = answer_card_for(entry("hukou.id_lost", "身份证补领"), [])
    reply = talk.services.answers.clarify(result, "", talk.turn("证件多少钱"), lambda: guess)
    first, card_shown, rather = reply.messages
    assert isinstance(first, Say) and isinstance(rather, Say) and isinstance(card_shown, Show)
    assert (first.response, rather.response) == ("utter_guess", "utter_or_rather")
    assert [button.title for button in rather.buttons] == ["身份证换领", "都不是"]
    assert (reply.slots["entry_id"], reply.slots["choices"]) == ("hukou.id_lost", ["hukou.id_renew"])


def test_where_it_is_not_sure_which_point_is_asked_the_whole_answer_stands_below_it() -> None:
    one = replace(entry("a.b", "居住证申领"), points=points_of({"late": "过期可以补办。"}))
    card_of_both = answer_card_for(one, ["late"], whole=True)
    assert card_of_both.text == f"过期可以补办。\n{one.answer}"
    assert all(button.title != "看完整的回答" for button in card_of_both.facets)
    lists = answer_card_for(one, ["materials"], whole=True)
    assert lists.text.startswith(one.answer)
    assert lists.items == ["身份证原件", "照片"]
