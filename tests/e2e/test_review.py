"""One writes, another reviews; the history shows it and brings old texts back; what has ended is not told any more."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from browser import PHONE, photograph, scrolls_sideways
from chat_page import ChatPage
from console_page import ConsolePage
from playwright.sync_api import expect

from knowledge_base.validity import today

QUESTION = "阳台上能晒腊肉吗"
FIRST = "可以晒腊肉，注意不要滴油到楼下，也不要挡住消防通道。"
VERSION = re.compile(r"· 版本 (\d+) ·")
SECOND = "可以晒腊肉，注意不要滴油到楼下，也不要占用消防通道。咨询请拨 {city.hotline}。"


@pytest.fixture
def published(sign_in: Callable[..., ConsolePage]) -> ConsolePage:
    """The curator on the page of an entry that was just published."""
    console = sign_in("zhangmin")
    console.open("/knowledge/new")
    for label, text in (("标题", "晒腊肉"), ("标准问", QUESTION), ("答案", FIRST)):
        console.fill(label, text)
    console.press("发布")
    console.told("已发布，市民现在就能问到")
    return console


def address_of(console: ConsolePage) -> str:
    return console.page.url.split("/console")[1].split("?")[0]


def published_again(console: ConsolePage, deed: Callable[[], None]) -> None:
    """Do what publishes the entry and wait for the page of the next version: an older notice may still be there."""
    note = console.page.get_by_text(VERSION)
    version = int(VERSION.findall(note.inner_text())[0])
    deed()
    expect(note).to_contain_text(f"版本 {version + 1} ")


def soon() -> str:
    return (today() + timedelta(days=9)).isoformat()


def retire(console: ConsolePage) -> None:
    console.press("停用")
    console.dialog.get_by_role("button", name="停用", exact=True).click()
    console.told("已停用")


def test_a_change_is_written_sent_back_reviewed_published_and_undone(
    chat: ChatPage, published: ConsolePage, sign_in: Callable[..., ConsolePage]
) -> None:
    reviewer, address = published, address_of(published)
    writer = sign_in("liqiang").open(address)
    writer.fill("答案", SECOND)
    writer.press("保存")
    expect(writer.page.get_by_text("市民现在看到的还是已发布的内容")).to_be_visible()
    assert "不要挡住消防通道" in chat.ask(QUESTION).text
    expect(writer.page.get_by_role("button", name="发布", exact=True)).to_have_count(0)
    writer.press("提交审核")
    writer.told("已提交审核")

    reviewer.open("/knowledge?status=in_review")
    reviewer.page.get_by_role("link", name="晒腊肉").click()
    photograph(reviewer.page, "console-entry-in-review")
    reviewer.press("退回")
    reviewer.fill("退回的理由", "请核对热线")
    reviewer.dialog.get_by_role("button", name="退回", exact=True).click()
    reviewer.told("已退回")

    writer.open(address)
    expect(writer.page.get_by_text("请核对热线")).to_be_visible()
    writer.press("提交审核")
    writer.told("已提交审核")

    reviewer.open(address)
    reviewer.page.get_by_role("link", name="看改了什么").click()
    expect(reviewer.page.locator("ins").first).to_contain_text("占用")
    expect(reviewer.page.locator("del").first).to_contain_text("挡住")
    photograph(reviewer.page, "console-entry-history")
    reviewer.press("回到条目")
    published_again(reviewer, lambda: reviewer.press("通过并发布"))
    assert "12345" in chat.ask(QUESTION).text

    reviewer.press("历史")
    reviewer.press("恢复版本 2")
    reviewer.dialog.get_by_role("button", name="恢复", exact=True).click()
    reviewer.told("已恢复旧版的内容")
    assert "12345" in chat.ask(QUESTION).text
    published_again(reviewer, lambda: reviewer.press("发布"))
    assert "不要挡住消防通道" in chat.ask(QUESTION).text
    retire(reviewer)


def test_an_answer_that_ends_is_announced_and_one_that_has_ended_is_not_told(
    chat: ChatPage, published: ConsolePage
) -> None:
    console, address = published, address_of(published)
    assert "晒腊肉" in chat.ask(QUESTION).part("wz-answer").inner_text()
    console.fill("失效日期（从这天起不再使用）", soon())
    published_again(console, lambda: console.press("保存并发布"))
    console.open("/knowledge")
    ending = console.page.get_by_role("table", name="30 天内到期的条目")
    expect(ending.get_by_role("link", name="晒腊肉")).to_be_visible()
    photograph(console.page, "console-expiring")
    console.open(address)
    console.fill("失效日期（从这天起不再使用）", "2020-01-01")
    published_again(console, lambda: console.press("保存并发布"))
    assert "不要滴油" not in chat.ask(QUESTION).text
    retire(console)


@pytest.mark.parametrize("page", ["", "/history"])
def test_the_pages_of_an_entry_fit_a_telephone(published: ConsolePage, page: str) -> None:
    published.page.set_viewport_size(PHONE)
    published.open(address_of(published) + page)
    expect(published.page.get_by_role("heading", level=1)).to_contain_text("晒腊肉")
    photograph(published.page, f"console-entry{page.replace('/', '-')}-phone")
    assert not scrolls_sideways(published.page)
    published.open(address_of(published).removesuffix("/history"))
    retire(published)
