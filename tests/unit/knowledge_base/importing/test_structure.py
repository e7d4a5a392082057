from datetime import date

import import_files as files
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge_base.importing.document_facts import recognise
from knowledge_base.importing.parts import Block
from knowledge_base.importing.structure import Passage, cut

POLICY = """云州市停车管理办法
（2025年12月1日市人民政府第5次常务会议通过）
第一章 总则
第一条 为了规范停车，制定本办法。
第二条 本办法适用于：
（一）道路停车；
（二）公共停车场。
第三条规定的情形除外。
第二章 收费
第三条之一 收费标准由市发展改革部门制定。
附件：收费表"""


def passages(text: str, longest: int = 600) -> list[Passage]:
    return cut([Block(line) for line in text.split("\n")], longest)


def test_a_policy_is_cut_at_its_articles_and_each_knows_its_chapter() -> None:
    found = [(one.path, one.label, one.text) for one in passages(POLICY)]
    assert found == [
        ((), "前言", "云州市停车管理办法\n（2025年12月1日市人民政府第5次常务会议通过）"),
        (("第一章 总则",), "第一条", "第一条 为了规范停车，制定本办法。"),
        (
            ("第一章 总则",),
            "第二条",
            "第二条 本办法适用于：\n（一）道路停车；\n（二）公共停车场。\n第三条规定的情形除外。",
        ),
        (("第二章 收费",), "第三条之一", "第三条之一 收费标准由市发展改革部门制定。\n附件：收费表"),
    ]


def test_a_long_article_is_cut_between_paragraphs_and_then_between_sentences() -> None:
    text = "第一条 甲" + "乙" * 20 + "。\n" + "丙" * 30 + "；" + "丁" * 30 + "。\n戊。"
    assert [(one.label, one.text) for one in passages(text, 40)] == [
        ("第一条", "第一条 甲" + "乙" * 20 + "。"),
        ("第一条（第2段）", "丙" * 30 + "；"),
        ("第一条（第3段）", "丁" * 30 + "。\n戊。"),
    ]


def test_a_document_without_articles_is_cut_at_its_headings() -> None:
    blocks = [
        Block("关于停车的通知", 1),
        Block("一、总体要求"),
        Block("要方便市民。"),
        Block("二、收费"),
        Block("免费。"),
    ]
    assert [(one.path, one.text) for one in cut(blocks, 600)] == [
        (("关于停车的通知", "一、总体要求"), "要方便市民。"),
        (("关于停车的通知", "二、收费"), "免费。"),
    ]


LINE = st.one_of(
    st.text(min_size=1, max_size=80).map(str.strip).filter(bool),
    st.sampled_from(
        [
            "第一章 总则",
            "第一条 甲。乙；丙",
            "第三条规定的",
            "（一）丁",
            "一、要求",
            "第二节",
            "。",
            "第一编 总",
            "第九条之二 有",
        ]
    ),
)
BLOCK = st.builds(Block, LINE, st.sampled_from([0, 0, 0, 1, 2, 5]))


@settings(max_examples=300)
@given(st.lists(BLOCK, max_size=30), st.integers(50, 200))
def test_nothing_of_a_text_is_lost_or_doubled_and_no_passage_is_empty(blocks: list[Block], longest: int) -> None:
    found = cut(blocks, longest)
    back = "".join("".join(one.headings) + one.text for one in found)
    assert "".join(back.split()) == "".join("".join(block.text for block in blocks).split())
    assert all(one.text.strip() for one in found)


def test_a_document_says_what_it_is_and_when_it_is_in_force() -> None:
    facts = recognise("upload.docx", [Block(text, level) for text, level in files.policy_lines(3)])
    assert (facts.title, facts.issuer, facts.number) == (files.TITLE, "云州市人民政府", "云府〔2026〕12号")
    assert (facts.effective, facts.expires) == (date(2026, 3, 1), date(2031, 3, 1))


@pytest.mark.parametrize(
    ("lines", "number", "issuer", "effective", "expires"),
    [
        (["国务院令第663号", "居住证暂行条例", "自2016年1月1日起施行。"], "国务院令第663号", "国务院", date(2016, 1, 1), None),
        (["云人社发[2025]3号", "关于补贴的通知", "云州市人力资源和社会保障局", "2025年5月6日", "自发布之日起施行。"],
         "云人社发〔2025〕3号", "云州市人力资源和社会保障局", date(2025, 5, 6), None),
        (["补贴办法", "自二〇二五年十月一日起施行，有效期至2027年12月31日。"], "", "", date(2025, 10, 1), date(2028, 1, 1)),
        (["补贴办法", "第一条 给钱。"], "", "", None, None),
        (["补贴办法", "自2025年2月30日起施行。"], "", "", None, None),
    ],
)  # fmt: skip
def test_numbers_issuers_and_dates_are_recognised_where_the_text_says_so(
    lines: list[str], number: str, issuer: str, effective: date | None, expires: date | None
) -> None:
    facts = recognise("x.txt", [Block(line) for line in lines])
    assert (facts.number, facts.issuer, facts.effective, facts.expires) == (number, issuer, effective, expires)
