"""A citizen speaks of suicide, and whoever has a page of the console open knows at once."""

from __future__ import annotations

from collections.abc import Callable

from browser import PHONE, photograph, scrolls_sideways
from chat_page import ChatPage
from console_page import ConsolePage
from playwright.sync_api import expect

WORDS = "我真的撑不下去了，今晚就想结束这一切"


def test_staff_are_told_take_the_alert_and_say_what_came_of_it(
    chat: ChatPage, sign_in: Callable[..., ConsolePage]
) -> None:
    console = sign_in("zhangmin", viewport=PHONE)
    bell = console.page.get_by_role("status").filter(has_text="处境危险")
    expect(bell).to_have_count(0)
    chat.ask(WORDS)
    expect(bell).to_contain_text("1 人处境危险")
    assert console.page.evaluate("window.wzAudio !== undefined"), "the bell rings"
    photograph(console.page, "console-danger-bell")
    console.open("/")
    expect(console.page.get_by_text("说到自杀或受伤害，请马上看看")).to_be_visible()
    photograph(console.page, "console-home-danger")
    bell.click()
    expect(console.page.get_by_role("heading", name="处境危险的市民")).to_be_visible()
    photograph(console.page, "console-dangers")
    assert not scrolls_sideways(console.page)
    console.page.get_by_role("link", name="想伤害自己").click()
    console.press("我来跟进")
    console.told("已记下：由您跟进")
    photograph(console.page, "console-danger-conversation")
    assert not scrolls_sideways(console.page)
    console.press("处理完了")
    console.dialog.get_by_role("button", name="处理完了").click()
    expect(console.dialog.get_by_role("alert")).to_have_text("请选择处理的结果")
    console.dialog.get_by_text("联系上了，人安全").click()
    console.dialog.get_by_label("说明（市民看不到，可不填）").fill("家人已经赶到")
    photograph(console.page, "console-danger-close")
    console.dialog.get_by_role("button", name="处理完了").click()
    console.told("已了结")
    expect(console.page.get_by_text("家人已经赶到")).to_be_visible()
    expect(bell).to_have_count(0)
    console.open("/dangers?closed=1")
    expect(console.page.get_by_text("联系上了，人安全")).to_be_visible()


def test_who_may_not_read_conversations_has_no_bell(chat: ChatPage, sign_in: Callable[..., ConsolePage]) -> None:
    chat.ask(WORDS)
    told = sign_in("liqiang")
    expect(told.page.get_by_role("status").filter(has_text="处境危险")).to_be_visible()
    console = sign_in("chenjing")
    expect(console.page.get_by_role("navigation")).to_be_visible()
    expect(console.page.get_by_role("status").filter(has_text="处境危险")).to_have_count(0)
    console.open("/dangers")
    expect(console.page.get_by_role("alert")).to_be_visible()
