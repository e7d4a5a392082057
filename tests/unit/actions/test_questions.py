"""Understanding questions: facets, subjects, switches, noise, choices."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.questions import chosen_index, is_noise, is_question, residual, understand


@pytest.mark.parametrize(
    ("text", "facet"),
    [
        ("要带什么材料", "materials"),
        ("要带户口本吗", "materials"),
        ("多少钱", "fee"),
        ("是不是免费的", "fee"),
        ("多久能办好", "time_limit"),
        ("什么时候能拿证", "time_limit"),
        ("去哪里办", "where"),
        ("周末上班吗", "where"),
        ("手机上能弄不", "online"),
        ("需要什么条件", "conditions"),
        ("流程是什么", "steps"),
        ("有什么依据", "legal_basis"),
    ],
)
def test_a_bare_facet_is_a_follow_up(text: str, facet: str) -> None:
    question = understand(text, "", 0.0)
    assert question.facet == facet
    assert question.about_item_at_hand


def test_a_facet_of_a_named_item_keeps_the_item() -> None:
    question = understand("居住证要什么材料", "ask_materials", 0.9)
    assert (question.facet, question.subject) == ("materials", "居住证")


@pytest.mark.parametrize("text", ["公积金能贷多少钱", "离婚冷静期多久", "失业金一个月多少钱"])
def test_amounts_and_periods_of_the_thing_itself_are_no_facet(text: str) -> None:
    assert understand(text, "", 0.0).facet == ""


def test_how_many_days_broken_is_no_question() -> None:
    assert not is_question("小区路灯坏了好几天没人修")
    assert understand("小区路灯坏了好几天没人修", "", 0.0).facet == ""


@pytest.mark.parametrize(
    "text",
    ["你们几点下班", "几点关门", "大概几点能来", "周末上班", "周六也开门", "今天几号", "去几号窗口", "你们上班时间"],
)
def test_office_hours_and_dates_are_asked(text: str) -> None:
    assert is_question(text)


@pytest.mark.parametrize(
    "text",
    [
        "下午几点记不清",
        "忘了几号",
        "上个月十几号",
        "晚上十几点",
        "昨天下午几点来着",
        "锦绣花园3号楼",
        "几号楼",
        "有几点建议",
        "半夜几点都在吵",
        "周末上班的时候",
        "早上上班时间",
    ],
)
def test_a_time_or_place_not_quite_known_is_no_question(text: str) -> None:
    assert not is_question(text)


@pytest.mark.parametrize(
    ("text", "subject"), [("那居住证呢", "居住证"), ("换成身份证呢", "身份证"), ("那护照呢？", "护照")]
)
def test_the_same_question_of_another_item(text: str, subject: str) -> None:
    question = understand(text, "ask_service", 0.8, last_facet="fee")
    assert question.switched
    assert (question.facet, question.subject) == ("fee", subject)


def test_a_pending_facet_waits_for_the_item() -> None:
    assert understand("居住证", "nlu_fallback", 0.3, pending="fee").facet == "fee"


def test_words_beat_the_classifier_and_the_classifier_counts_only_when_sure() -> None:
    assert understand("多久能办好", "ask_fee", 0.9).facet == "time_limit"
    assert understand("我够格不", "ask_conditions", 0.9).facet == "conditions"
    assert understand("我够格不", "ask_conditions", 0.3).facet == ""


@pytest.mark.parametrize("text", ["asdf", "嗯嗯啊啊", "哈哈哈", "。。。", "啊啊啊啊啊", "1"])
def test_noise(text: str) -> None:
    assert is_noise(text)


@pytest.mark.parametrize("text", ["身份证", "13800001234", "落户", "天天吵"])
def test_short_but_not_noise(text: str) -> None:
    assert not is_noise(text)


@pytest.mark.parametrize(("text", "index"), [("第二个", 1), ("选1", 0), ("三", 2), ("最后一个", -1), ("都行", None)])
def test_choices_by_number(text: str, index: int | None) -> None:
    assert chosen_index(text) == index


@given(st.text(max_size=60))
def test_any_text_is_understood_without_error(text: str) -> None:
    question = understand(text, "ask_service", 0.5, last_facet="fee", pending="")
    assert question.subject == "" or len(question.subject) >= 2
    is_noise(text)
    chosen_index(text)
    assert len(residual(text)) <= len(text) * 18  # NFKC may lengthen a character, never beyond 18
