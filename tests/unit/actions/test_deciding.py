"""Typed messages outside any form: which act wins, and what is said. Real models, a small knowledge base."""

from __future__ import annotations

from dataclasses import replace

import pytest

from actions.deciding.acts import ACTS
from actions.deciding.decide import weighed
from actions.deciding.models import WISH_NAMES
from actions.deciding.pieces import clauses, numbered, pieces
from actions.deciding.settings import load_settings
from actions.messages import AnswerPart
from actions.replies import Reply, Show
from tests.unit.actions.conftest import FakeKnowledge, Talk, said


def shown(reply: Reply) -> list[str]:
    return [one.part.entry_id for one in reply.messages if isinstance(one, Show) and isinstance(one.part, AnswerPart)]


def act(reply: Reply) -> str:
    assert reply.trace is not None
    return reply.trace.candidates[0].act


@pytest.mark.parametrize(
    "text",
    [
        "我刚搬来半年想办居住证要准备点啥",
        "居住证能不能让我弟替我去办",
        "我妈的护照快到期了想换一本 要多少钱",
        "护照丢在外地了怎么弄",
    ],
)
def test_a_question_never_opens_the_form(talk: Talk, text: str) -> None:
    reply = talk.hear_out(text)
    assert reply.next_action == ""
    assert act(reply) in {"answer", "choices"}


@pytest.mark.parametrize(
    "text", ["我要投诉楼上半夜装修", "帮我登记一下，小区门口的井盖没了", "给我反映上去 路灯坏半个月了"]
)
def test_who_wants_something_filed_reaches_the_form_or_its_offer(talk: Talk, text: str) -> None:
    reply = talk.hear_out(text)
    assert reply.next_action == "ticket_form" or said(reply)[-1] in {"utter_offer_filing", "utter_offer_ticket"}


def test_a_told_nuisance_is_offered_to_be_filed_and_filed_with_what_was_told(talk: Talk) -> None:
    story = "楼下烧烤店的油烟天天往我家里灌，窗户都不敢开"
    assert said(talk.hear_out(story)) == ["utter_offer_filing"]
    reply = talk.hear_out("好的，帮我登记吧")
    assert (reply.next_action, talk.slots["taken"]["payload"]) == ("ticket_form", "/file_ticket")


def test_above_an_offer_stands_what_may_help(talk: Talk, knowledge: FakeKnowledge) -> None:
    knowledge.words["油烟"] = ["hukou.id_lost", "hukou.id_renew"]
    reply = talk.hear_out("楼下烧烤店的油烟天天往我家里灌，窗户都不敢开")
    assert said(reply) == ["utter_guess", "utter_offer_ticket"]
    assert shown(reply) == ["hukou.id_lost"] == [talk.slots["entry_id"]]


def test_who_names_an_event_and_asks_one_thing_gets_that_before_the_list(talk: Talk) -> None:
    reply = talk.hear_out("刚生了宝宝，居住证的事一共要办哪些")
    cards = [type(one.part).__name__ for one in reply.messages if isinstance(one, Show)]
    assert cards == ["AnswerPart", "ServicesPart"]


def test_an_offer_that_is_declined_files_nothing(talk: Talk) -> None:
    talk.hear_out("楼下烧烤店的油烟天天往我家里灌，窗户都不敢开")
    reply = talk.hear_out("不用了，算了")
    assert (said(reply), reply.next_action) == (["utter_not_filed_then"], "")


def test_a_question_gets_exactly_its_points(talk: Talk, knowledge: FakeKnowledge) -> None:
    reply = talk.hear_out("办居住证要多少钱、多久能拿到证")
    (card,) = [one.part for one in reply.messages if isinstance(one, Show)]
    assert isinstance(card, AnswerPart)
    assert any("免费" in line for line in card.items) and any("15日内" in line for line in card.items)


def test_several_questions_are_each_answered_and_what_is_open_is_named(talk: Talk) -> None:
    reply = talk.hear_out("1.居住证怎么办 2.护照要多少钱 3.孩子的校服谁来定")
    assert shown(reply) == ["residence_permit.apply", "exit_entry.passport_first"]
    assert said(reply).count("utter_left_open") == 1


def test_a_few_words_that_go_on_are_asked_of_what_stands_before_them(talk: Talk) -> None:
    reply = talk.hear_out("1.居住证怎么办 2.多少钱")
    assert (shown(reply), said(reply)) == (["residence_permit.apply"], [])


def test_an_ordinal_means_the_entry_that_was_shown(talk: Talk) -> None:
    talk.hear_out("1.居住证怎么办 2.护照怎么办")
    assert shown(talk.hear_out("第一个要带什么材料")) == ["residence_permit.apply"]


def test_a_follow_up_is_answered_of_the_item_at_hand(talk: Talk) -> None:
    talk.hear_out("居住证怎么办")
    assert shown(talk.hear_out("要带什么材料")) == ["residence_permit.apply"]


def test_a_point_without_an_item_asks_which(talk: Talk) -> None:
    assert said(talk.hear_out("要带什么材料", ("ask_materials", 0.95))) == ["utter_which_item"]


def test_what_the_knowledge_base_knows_is_never_refused(talk: Talk) -> None:
    assert act(talk.hear_out("居住证", ("out_of_scope", 0.9))) != "refuse"


def test_keys_pressed_at_random_are_not_understood(talk: Talk) -> None:
    assert said(talk.hear_out("哈哈哈哈")) == ["utter_nonsense"]


def test_small_talk_is_answered_by_its_kind(talk: Talk) -> None:
    assert said(talk.hear_out("你好", ("greet", 0.99))) == ["utter_greet"]


def test_the_trace_keeps_the_acts_that_competed_cheapest_first(talk: Talk) -> None:
    reply = talk.hear_out("居住证怎么办")
    assert reply.trace is not None
    costs = [one.cost for one in reply.trace.candidates]
    assert costs == sorted(costs) and 0 < sum(one.probability for one in reply.trace.candidates) <= 1.001


def test_the_cheapest_expected_error_wins_not_the_likeliest_act() -> None:
    best = weighed({"open_form": 0.5, "answer": 0.3, "offer_ticket": 0.2}, load_settings())[0]
    assert best.act == "offer_ticket"


def test_costs_and_acts_name_each_other() -> None:
    names = {act.name for act in ACTS}
    costs = load_settings().costs
    assert set(costs) <= names
    assert all(set(row) <= names for row in costs.values())


def test_every_wish_speaks_for_an_act() -> None:
    handled = {"ask", "ask_several", "story", "file", "fill", "change", "confirm", "cancel", "follow", "rate", "accept",
               "decline", "event", "small_talk", "outside", "human"}  # fmt: skip
    assert handled == WISH_NAMES


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("居住证怎么办？护照要多少钱？", ["居住证怎么办", "护照要多少钱"]),
        (
            "我问三件事：1身份证到期 2孩子落户 3老人看病报销",
            ["我问三件事：，1身份证到期", "2孩子落户", "3老人看病报销"],
        ),
        ("居住证怎么办，另外公积金能取吗", ["居住证怎么办", "另外公积金能取吗"]),
        ("居住证怎么办", ["居住证怎么办"]),
    ],
)
def test_a_message_is_cut_into_its_questions(text: str, parts: list[str]) -> None:
    assert pieces(text, lambda part: float("件事" not in part)) == parts


def test_a_part_that_asks_nothing_goes_with_the_question_behind_it() -> None:
    assert pieces("我刚搬来。居住证怎么办？护照呢？", lambda part: float("怎么" in part or "呢" in part)) == [
        "我刚搬来，居住证怎么办",
        "护照呢",
    ]


def test_every_part_of_a_numbered_list_is_a_question() -> None:
    assert pieces("1身份证到期 2孩子落户 3老人的医保", lambda part: 0.0) == ["1身份证到期", "2孩子落户", "3老人的医保"]


def test_numbers_within_words_are_no_numbering() -> None:
    assert not numbered("我1987年出生，2个孩子") or len(pieces("我1987年出生，2个孩子", lambda part: 1.0)) >= 1
    assert numbered("1护照 2签证")


def test_a_short_text_has_no_clauses() -> None:
    assert clauses("居住证怎么办") == []


def test_a_question_in_english_gets_the_entry_in_english_where_it_has_it(talk: Talk, knowledge: FakeKnowledge) -> None:
    first = knowledge.entries["exit_entry.passport_first"]
    knowledge.entries[first.id] = replace(first, title_en="Passport", summary_en="Bring your identity card.")
    reply = talk.hear_out("how can I apply for a passport?")
    (card,) = [one.part for one in reply.messages if isinstance(one, Show)]
    assert isinstance(card, AnswerPart)
    assert (card.title, card.text) == ("Passport (普通护照首次申领)", "Bring your identity card.")
    assert card.sources


def test_an_entry_without_english_is_shown_in_chinese_and_said_so(talk: Talk) -> None:
    assert said(talk.hear_out("how can I apply for a passport?")) == ["utter_english_only_chinese"]


def test_an_english_question_without_an_answer_is_told_so_in_english(talk: Talk) -> None:
    assert said(talk.hear_out("where can I learn to dance the tango")) == ["utter_english_unknown"]


def test_whoever_declines_again_while_nothing_helped_is_shown_the_way_out(talk: Talk) -> None:
    talk.slots["fallback"] = {"failures": 1, "settled": []}
    assert said(talk.hear_out("都不是", ("choose_none", 0.95))) == ["utter_way_out"]
