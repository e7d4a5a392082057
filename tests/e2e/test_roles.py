"""Who may open which page of the console."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from browser import PHONE, BrowserErrors, NewContext, photograph
from console_page import ConsolePage
from playwright.sync_api import expect


@pytest.mark.parametrize("address", ["/", "/knowledge", "/tickets", "/unresolved", "/knowledge/new"])
def test_without_signing_in_every_page_leads_to_the_sign_in_page(new_context: NewContext, address: str) -> None:
    console = ConsolePage(new_context().new_page()).open(address)
    expect(console.page).to_have_url(re.compile(r"/console/login\?next="))
    expect(console.page.get_by_label("用户名")).to_be_visible()


def test_a_wrong_password_is_said_and_lets_nobody_in(new_context: NewContext) -> None:
    console = ConsolePage(new_context(viewport=PHONE).new_page()).open("/tickets")
    photograph(console.page, "console-login")
    console.page.get_by_label("用户名").fill("zhangmin")
    console.page.locator("input[name=password]").fill("not-the-password")
    console.press("登录")
    expect(console.page.get_by_role("alert")).to_have_text("用户名或密码不对，请重新输入。")
    expect(console.page).to_have_url(re.compile(r"/console/login"))


def test_a_handler_reads_the_knowledge_base_and_cannot_change_it(sign_in: Callable[..., ConsolePage]) -> None:
    console = sign_in("chenjing")
    navigation = console.page.get_by_role("navigation")
    expect(navigation.get_by_role("link", name="工单")).to_be_visible()
    expect(navigation.get_by_role("link", name="未解决的问题")).to_have_count(0)
    console.open("/knowledge/new")
    expect(console.page.get_by_role("alert")).to_contain_text("不能新建条目")
    console.open("/knowledge/residence_permit.apply")
    expect(console.page.get_by_label("答案", exact=True)).not_to_be_editable()
    for name in ("保存", "发布", "停用"):
        expect(console.page.get_by_role("button", name=name, exact=True)).to_have_count(0)


def test_a_curator_cannot_open_tickets(sign_in: Callable[..., ConsolePage]) -> None:
    console = sign_in("zhangmin")
    console.open("/tickets")
    expect(console.page.get_by_role("alert")).to_be_visible()
    expect(console.page.get_by_role("table")).to_have_count(0)


def test_signing_out_closes_the_console(sign_in: Callable[..., ConsolePage]) -> None:
    console = sign_in("zhangmin")
    console.press("我的账号")
    console.press("退出登录")
    expect(console.page.get_by_text("您已退出登录。")).to_be_visible()
    console.open("/knowledge")
    expect(console.page).to_have_url(re.compile(r"/console/login"))


def test_a_page_that_does_not_exist_says_so(sign_in: Callable[..., ConsolePage], errors: BrowserErrors) -> None:
    errors.expected = ("404",)
    console = sign_in("zhangmin")
    console.open("/nothing-here")
    expect(console.page.get_by_text("没有这个页面")).to_be_visible()
