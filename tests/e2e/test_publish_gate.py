"""A golden question holds up the change that would lose it, and lets it through with a name and a reason."""

from __future__ import annotations

from collections.abc import Callable

from browser import PHONE, photograph, scrolls_sideways
from console_page import ConsolePage
from playwright.sync_api import expect

QUESTION = "阁楼漏风能不能自己封"


def publish_new(console: ConsolePage) -> None:
    console.open("/knowledge/new")
    for label, text in (
        ("标题", "封阁楼"),
        ("标准问", QUESTION),
        ("答案", "可以自己封，先告诉物业，不要改动承重结构。"),
    ):
        console.fill(label, text)
    console.press("发布")
    console.told("已发布，市民现在就能问到")


def test_publishing_is_refused_with_the_name_of_the_golden_question_it_breaks(
    sign_in: Callable[..., ConsolePage],
) -> None:
    console = sign_in("zhangmin")
    publish_new(console)
    console.page.get_by_label("新的必答问题").fill(QUESTION)
    console.page.get_by_role("button", name="添加", exact=True).click()
    console.told("已加为必答问题")
    console.fill("标题", "网络电视")
    console.fill("标准问", "怎么装网络电视")
    console.page.get_by_role("button", name="看看这次修改的影响").click()
    expect(console.page.get_by_text("变差（1）")).to_be_visible()
    photograph(console.page, "console-entry-golden")
    console.fill("标题", "封阁楼")
    console.fill("标准问", QUESTION)

    console.press("停用")
    console.dialog.get_by_role("button", name="停用", exact=True).click()
    expect(console.page.get_by_text("1 个必答问题会变差")).to_be_visible()
    expect(console.dialog.get_by_text(f"“{QUESTION}”：直接回答 → 没有找到")).to_be_visible()
    photograph(console.page, "console-gate")
    console.page.set_viewport_size(PHONE)
    assert not scrolls_sideways(console.page)
    photograph(console.page, "console-gate-phone")

    console.page.get_by_label("理由").fill("物业新规下月施行，先撤下")
    console.page.get_by_role("button", name="写明理由，仍然继续").click()
    console.told("已停用")

    console.open("/knowledge/golden")
    expect(console.page.get_by_text("物业新规下月施行，先撤下")).to_be_visible()
    expect(console.page.get_by_text("没有找到", exact=False).first).to_be_visible()
    expect(console.page.get_by_text("封阁楼").first).to_be_visible()
    photograph(console.page, "console-golden-set-phone")
    assert not scrolls_sideways(console.page)
