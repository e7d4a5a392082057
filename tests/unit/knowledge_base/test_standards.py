from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.entry_form import EntryForm
from knowledge_base.lifecycle import InvalidEntry
from knowledge_base.service import KnowledgeService
from knowledge_base.standards.checks import FIELDS, Finding, check_entry, check_field, fixed
from knowledge_base.standards.words import standard_words

HANGZHOU, RIGHT_CREDIT_CODE, WRONG_CREDIT_CODE = "330100", "12441500196720244T", "12441500196720245T"
FORM: dict[str, Any] = {"topic": "hukou", "title": "办证", "question": "证怎么办", "answer": "到窗口办理。"}


def found(field: str, text: str) -> list[tuple[str, str]]:
    return [(one.found, one.fix) for one in check_field(field, text)]


# Names -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "text", "expected"),
    [
        ("answer", "请到工商局办理", [("工商局", "市场监督管理局")]),
        ("answer", "请到市场监督管理局（原工商局）办理", []),
        ("answer", "请到国家税务总局网站查询", []),
        ("answer", "找物价局", [("物价局", "")]),
        ("answer", "带身份证到医保局", []),  # plain words may be used where citizens are spoken to
        ("facts.where", "市医保局一楼", [("医保局", "医疗保障局")]),
        ("facts.materials", "身份证原件\n户口本", [("身份证", "居民身份证"), ("户口本", "居民户口簿")]),
        ("facts.materials", "居民身份证、临时身份证、身份证明、旧版房产证、结婚证", []),
        ("legal_basis", "人社部\n环境保护部", [("人社部", "人力资源社会保障部")]),  # a document keeps its old issuer
        ("legal_basis", "全国人大常委会", [("全国人大常委会", "全国人民代表大会常务委员会")]),
    ],
)
def test_names_are_held_to_the_standard_of_their_field(field: str, text: str, expected: list[tuple[str, str]]) -> None:
    assert found(field, text) == expected


def test_what_citizens_say_is_not_corrected() -> None:
    said = "身份证去工商局办"
    assert check_entry(FORM | {"question": said, "similar": [said], "aliases": [said]}) == []


def test_a_word_is_told_once_a_field() -> None:
    (one,) = check_field("facts.materials", "身份证\n配偶身份证")
    assert fixed(one, "身份证\n配偶身份证") == "居民身份证\n配偶居民身份证"


def test_each_standard_name_keeps_to_the_standard() -> None:
    for group in standard_words()["groups"]:
        fields = [field for field, where in FIELDS.items() if group["where"] in where]
        for field in fields:
            for row in group["words"]:
                assert found(field, row.get("to", "")) == [], row


WORDS = [
    word for group in standard_words()["groups"] for row in group["words"] for word in (*row["from"], row.get("to", ""))
]


@given(
    st.sampled_from(list(FIELDS)),
    st.lists(st.sampled_from([*WORDS, "、", "原", "的", "居民"]), max_size=6).map("".join),
)
def test_a_fix_leaves_nothing_of_its_word_to_fix(field: str, text: str) -> None:
    for one in check_field(field, text):
        if one.fix:
            assert one.found not in [word for word, _ in found(field, fixed(one, text))]


# Codes and numbers -------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        f"统一社会信用代码：{RIGHT_CREDIT_CODE}",
        "基本编码：000117051000",
        "实施编码：12441500196720244T3442199806003",
        "事项编码为 11440232MB2D06811W4000117051000",
        "业务办理项编码：11440232MB2D06811W400011705100001",
        "电话：0571-88881234",
        "联系电话：88886666",
        "热线：12345",
        "电话：400-800-1234",
        "手机 13800138000",
    ],
)
def test_codes_that_can_be_right_are_left_alone(text: str) -> None:
    assert check_field("answer", text) == []


@pytest.mark.parametrize(
    ("text", "why", "severity"),
    [
        (f"统一社会信用代码：{WRONG_CREDIT_CODE}", "校验位不对", "impossible"),
        (f"实施编码：{WRONG_CREDIT_CODE}3442199806003", "校验位不对", "impossible"),
        ("基本编码：00011705100", "应为 12 位", "advice"),
        ("实施编码：12441500196720244TX442199806003", "应为数字", "advice"),
        ("电话：1380013800", "不像一个电话号码", "advice"),
        ("电话 0571-12345", "不像一个电话号码", "advice"),
    ],
)
def test_codes_that_cannot_be_right_are_told(text: str, why: str, severity: str) -> None:
    (one,) = check_field("answer", text)
    assert why in one.why
    assert one.severity == severity


def test_only_what_is_impossible_keeps_an_entry_from_being_saved(knowledge: KnowledgeService) -> None:
    knowledge.create(EntryForm.parse(FORM | {"answer": "请到工商局，电话：1380013800"}), actor="a")
    with pytest.raises(InvalidEntry, match="校验位不对"):
        knowledge.create(EntryForm.parse(FORM | {"answer": f"统一社会信用代码：{WRONG_CREDIT_CODE}"}), actor="a")


# Divisions ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "why"),
    [("330203", "不在本市范围内"), ("330204", "已停用"), ("330106", ""), ("330000", ""), ("330100", ""), ("", "")],
)
def test_a_region_that_nobody_here_lives_in_is_told(code: str, why: str) -> None:
    said = [one.why for one in check_entry(FORM | {"region": code}, HANGZHOU)]
    assert len(said) == bool(why)
    assert all(why in words for words in said)


def test_a_division_that_is_no_more_is_told() -> None:
    (one,) = check_field("facts.where", "浙江省宁波市江东区中山东路")
    assert isinstance(one, Finding)
    assert (one.found, "撤销" in one.why) == ("江东区", True)
    assert check_field("facts.where", "浙江省宁波市鄞州区") == []
