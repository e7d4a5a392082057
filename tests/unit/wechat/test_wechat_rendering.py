from __future__ import annotations

from datetime import UTC, date, datetime
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from actions.messages import (
    AnswerPart,
    Button,
    EmergencyPart,
    Part,
    ServicesPart,
    ServiceStep,
    Source,
    TextPart,
    TicketEventLine,
    TicketPart,
)
from channels.wechat.paging import fit, safe_text
from channels.wechat.rendering import ChoicesMemory, render

WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=400)
MORE = "回复“更多”看余下内容"


def shown(*parts: Part) -> tuple[str, ChoicesMemory]:
    memory = ChoicesMemory()
    return render(list(parts), memory), memory


def test_an_answer_card_has_title_steps_source_and_numbered_choices() -> None:
    text, memory = shown(
        AnswerPart(
            entry_id="residence_permit.apply",
            title="申领居住证",
            text="住满半年就能办。",
            items=["带身份证", "交申请表"],
            ordered=True,
            sources=[
                Source(
                    title="居住证暂行条例",
                    issuer="国务院",
                    number="国令第663号",
                    article="第二条",
                    effective=date(2016, 1, 1),
                )
            ],
            facets=[Button(title="要多少钱", payload="/fee")],
            related=[Button(title="居住证签注", payload="/renew")],
        )
    )
    assert text == (
        "【申领居住证】\n住满半年就能办。\n① 带身份证\n② 交申请表\n"
        "依据：\n《居住证暂行条例》第二条（国务院，国令第663号，2016年1月1日起施行）\n"
        "还可以回复数字接着问：\n1. 要多少钱\n相关问题：\n2. 居住证签注"
    )
    assert [button.payload for button in memory.choices] == ["/fee", "/renew"]


def test_choices_are_numbered_through_all_parts() -> None:
    step = ServiceStep(title="出生医学证明", note="出院前", button=Button(title="怎么办", payload="/birth"))
    text, memory = shown(
        ServicesPart(title="孩子出生", intro="按这个顺序办：", services=[step]),
        TextPart(text="还有吗？", buttons=[Button(title="没有了", payload="/no")]),
    )
    assert "1. 出生医学证明（出院前）" in text
    assert "2. 没有了" in text
    assert memory.chosen("出生医学证明") == Button(title="出生医学证明", payload="/birth")


def test_the_sources_of_services_are_shown_only_if_all_fits_into_one_message() -> None:
    step = ServiceStep(
        title="出生医学证明", source="《母婴保健法》第二十三条", button=Button(title="怎么办", payload="/birth")
    )
    text, _ = shown(ServicesPart(title="孩子出生", services=[step]))
    assert "1. 出生医学证明\n依据《母婴保健法》第二十三条" in text
    long, memory = shown(ServicesPart(title="孩子出生", services=[step] * 40))
    assert "40. 出生医学证明" in long
    assert "依据" not in long
    assert memory.rest == ""
    assert len(memory.choices) == 40


def test_a_ticket_card_says_number_code_status_and_day_in_beijing() -> None:
    text, _ = shown(
        TicketPart(
            number="YZ20261116-00017",
            code="123456",
            kind_label="投诉",
            status="filed",
            status_label="待受理",
            summary="路灯坏了",
            due=datetime(2026, 11, 22, 17, tzinfo=UTC),
            due_label="最晚受理",
            text="已经收到，正在等待受理。",
            history=[TicketEventLine(at=datetime(2026, 11, 16, 2, tzinfo=UTC), text="已登记")],
        )
    )
    assert text == (
        "【工单 YZ20261116-00017】投诉\n路灯坏了\n查询码：123456（请保存好，查进度时要用）\n状态：待受理\n"
        "最晚受理：2026年11月23日\n已经收到，正在等待受理。\n办理记录：\n11月16日 已登记"
    )


def test_an_emergency_names_the_numbers_and_offers_no_choices() -> None:
    text, memory = shown(EmergencyPart(text="请马上求助。", phones=[Button(title="110 报警", payload="tel:110")]))
    assert text == "请马上求助。\n紧急号码：110 报警"
    assert memory.choices == []


@given(WORDS, st.integers(64, 2048))
def test_pages_fit_and_lose_nothing_but_space(text: str, limit: int) -> None:
    pages, rest = [], text
    while rest or not pages:
        page, rest = fit(rest, limit, MORE)
        assert len(page.encode()) <= limit
        pages.append(page.removesuffix(f"\n\n{MORE}") if rest else page)
    assert "".join("".join(pages).split()) == "".join(text.split())


@given(st.text(max_size=200))
def test_safe_text_fits_into_any_xml_document(text: str) -> None:
    safe = safe_text(text + "]]>\x00\ud800")
    document = f"<x><![CDATA[{safe}]]></x>"
    assert ElementTree.fromstring(document).text == safe.replace("\r\n", "\n").replace("\r", "\n")  # noqa: S314


def test_a_page_ends_with_a_sentence() -> None:
    page, rest = fit("第一句话在这里。" * 40, 300, MORE)
    assert page.removesuffix(f"\n\n{MORE}").endswith("。")
    assert rest.startswith("第一句")


def test_a_family_is_not_torn_apart() -> None:
    family = "👨\u200d👩\u200d👧"
    page, rest = fit("字" * 10 + family * 3, 64 + len(MORE.encode()) - 20, MORE)
    body = page.removesuffix(f"\n\n{MORE}")
    assert not body.endswith("\u200d")
    assert not rest.startswith("\u200d")
    assert body + rest == "字" * 10 + family * 3


@given(WORDS)
def test_any_reply_is_understood_or_not_but_never_an_error(said: str) -> None:
    memory = ChoicesMemory([Button(title="办居住证", payload="/a")])
    assert memory.chosen(said) in (None, memory.choices[0])
