"""From the first administrator, made by a command, to a curator with a second factor."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator

import pyotp
import pytest
from assistant import RunningAssistant
from browser import PHONE, SMALL_PHONE, NewContext, photograph, scrolls_sideways
from console_page import ConsolePage
from playwright.sync_api import expect
from test_accessibility import nameless

PASSWORD = "梧桐街-crane-2026"
OWN_PASSWORD = "自己的-password-2026"


@pytest.fixture(scope="module")
def office(assistant: RunningAssistant) -> Iterator[RunningAssistant]:
    """An administrator and an auditor are there."""
    for name, role in [("wangbo", "administrator"), ("sunli", "auditor")]:
        assistant.wenzheng("account", "add", name, "--role", role, "--display-name", name)
    yield assistant


def created(sign_in: Callable[..., ConsolePage], name: str) -> str:
    """The administrator makes a curator's account; the one-time password from the screen."""
    console = sign_in("wangbo")
    console.page.get_by_role("link", name="账号管理").click()
    console.press("新建账号")
    console.fill("用户名", name)
    console.fill("姓名", "赵欣")
    console.page.get_by_role("checkbox", name="知识管理员").click()
    photograph(console.page, "console-new-account")
    console.press("新建账号")
    password = console.dialog.locator(".wz-secret").inner_text()
    photograph(console.page, "console-one-time-password")
    console.press("我已记下")
    console.told("账号已保存")
    expect(console.page.get_by_role("link", name=name)).to_be_visible()
    photograph(console.page, "console-accounts")
    return password


def change_password(console: ConsolePage, present: str) -> None:
    console.fill("现在的密码", present)
    console.fill("新密码", OWN_PASSWORD)
    console.fill("再输入一次新密码", OWN_PASSWORD)
    console.press("修改密码")
    console.told("密码已修改")


def enrolled(console: ConsolePage) -> tuple[str, list[str]]:
    """Sets up the second factor; its secret and the recovery codes."""
    console.press("开启两步验证")
    secret = console.page.get_by_test_id("totp-secret").inner_text().replace(" ", "")
    expect(console.page.get_by_role("img", name="两步验证的二维码")).to_be_visible()
    photograph(console.page, "console-second-factor")
    console.fill("验证码", pyotp.TOTP(secret).now())
    console.press("确认开启")
    shown = console.dialog.locator(".wz-secret")
    expect(shown).to_have_count(8)
    codes = shown.all_inner_texts()
    photograph(console.page, "console-recovery-codes")
    console.press("我已记下")
    console.told("两步验证已开启")
    return secret, codes


def give_password(console: ConsolePage, name: str) -> None:
    console.page.get_by_label("用户名").fill(name)
    console.page.locator("input[name=password]").fill(OWN_PASSWORD)
    console.press("登录")
    expect(console.page.get_by_role("heading", name="两步验证")).to_be_visible()


def give_code(console: ConsolePage, code: str) -> None:
    console.page.get_by_label("验证码", exact=True).fill(code)
    console.press("登录")


@pytest.mark.usefixtures("office")
def test_a_new_curator_changes_the_password_and_signs_in_with_a_second_factor(
    sign_in: Callable[..., ConsolePage], new_context: NewContext
) -> None:
    one_time = created(sign_in, "zhaoxin")

    console = ConsolePage(new_context().new_page()).open("/knowledge")
    console.sign_in("zhaoxin", one_time)
    expect(console.page).to_have_url(re.compile("/console/my-account"))
    expect(console.page.get_by_role("alert")).to_contain_text("一次性密码")
    photograph(console.page, "console-must-change-password")
    change_password(console, one_time)
    secret, codes = enrolled(console)
    assert len(set(codes)) == 8
    photograph(console.page, "console-my-account")

    again = ConsolePage(new_context(viewport=PHONE).new_page()).open("/knowledge")
    give_password(again, "zhaoxin")
    photograph(again.page, "console-login-code")
    give_code(again, "000000")
    expect(again.page.get_by_role("alert")).to_contain_text("验证码不对")
    give_code(again, pyotp.TOTP(secret).at(int(time.time()) + 30))
    expect(again.page).to_have_url(re.compile("/console/knowledge"))

    lost = ConsolePage(new_context().new_page()).open("/")
    give_password(lost, "zhaoxin")
    give_code(lost, codes[0])
    expect(lost.page.get_by_role("button", name="我的账号")).to_be_visible()

    console.open("/my-account")
    expect(console.page.get_by_text("还剩 7 个恢复码")).to_be_visible()
    console.press("退出其他所有浏览器")
    console.told("已退出")
    lost.open("/knowledge")
    expect(lost.page).to_have_url(re.compile("/console/login"))


@pytest.mark.usefixtures("office")
def test_the_administrator_helps_and_closes_an_account(
    sign_in: Callable[..., ConsolePage], new_context: NewContext, office: RunningAssistant
) -> None:
    one_time = created(sign_in, "qianyu")
    person = ConsolePage(new_context().new_page()).open("/")
    person.sign_in("qianyu", one_time)
    change_password(person, one_time)
    enrolled(person)
    office.wenzheng("account", "totp-reset", "qianyu")

    person.open("/")
    person.sign_in("qianyu", OWN_PASSWORD)
    console = sign_in("wangbo").open("/accounts/qianyu")
    console.page.get_by_role("checkbox", name="工单承办人").click()
    console.press("保存")
    console.told("已保存")
    photograph(console.page, "console-account")
    person.open("/tickets")
    expect(person.page.get_by_role("heading", name="工单")).to_be_visible()
    console.press("停用账号")
    console.press("确认停用账号")
    console.told("账号已保存")
    person.open("/tickets")
    expect(person.page).to_have_url(re.compile("/console/login"))


@pytest.mark.usefixtures("office")
def test_the_auditor_sees_who_did_what_and_takes_it_along(sign_in: Callable[..., ConsolePage]) -> None:
    console = sign_in("sunli")
    console.page.get_by_role("link", name="操作记录").click()
    expect(console.page.get_by_role("table", name="操作记录")).to_be_visible()
    photograph(console.page, "console-audit")
    console.fill("用户名", "sunli")
    console.choose("操作", "登录")
    rows = console.page.get_by_role("row").filter(has_text="sunli")
    expect(rows.first).to_contain_text("今天")
    with console.page.expect_download() as download:
        console.press("导出")
    sheet = download.value.path().read_text(encoding="utf-8-sig")
    assert sheet.startswith("时间,谁,做了什么,对象,说明")
    assert ",sunli,登录," in sheet
    console.fill("用户名", "nobody-of-this-name")
    expect(console.page.get_by_text("没有符合条件的记录")).to_be_visible()


@pytest.mark.parametrize("viewport", [PHONE, SMALL_PHONE], ids=["390", "320"])
@pytest.mark.parametrize(
    "name, address",
    [("wangbo", "/accounts"), ("wangbo", "/accounts/wangbo"), ("wangbo", "/my-account"), ("sunli", "/audit")],
)
@pytest.mark.usefixtures("office")
def test_the_pages_have_names_for_their_controls_and_fit_a_telephone(
    sign_in: Callable[..., ConsolePage], viewport: dict[str, int], name: str, address: str
) -> None:
    console = sign_in(name, viewport=viewport).open(address)
    expect(console.page.get_by_role("heading", level=1)).to_be_visible()
    photograph(console.page, f"console{address.replace('/', '-')}")
    assert not scrolls_sideways(console.page)
    assert nameless(console.page) == []


@pytest.mark.usefixtures("office")
def test_accounts_and_records_are_closed_to_others(sign_in: Callable[..., ConsolePage]) -> None:
    console = sign_in("zhangmin")
    for address in ("/accounts", "/accounts/wangbo", "/new-account", "/audit"):
        console.open(address)
        expect(console.page.get_by_role("alert")).to_contain_text("权限")
