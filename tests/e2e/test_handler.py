"""Staff handle a ticket, and the citizen's open page follows without a reload."""

from __future__ import annotations

from collections.abc import Callable

from browser import photograph
from chat_page import ChatPage
from console_page import ConsolePage
from playwright.sync_api import expect
from tickets import file_street_lamp

REPLY = "您好，路灯昨天下午已经修好，线路也一并检查了。感谢您告诉我们。"


def test_the_reply_of_the_department_appears_on_the_citizens_open_page(
    chat: ChatPage, sign_in: Callable[..., ConsolePage]
) -> None:
    number, code = file_street_lamp(chat)
    manager = sign_in("liqiang")
    manager.open("/tickets")
    photograph(manager.page, "console-tickets")
    manager.page.get_by_role("link", name=number).click()
    _carry_out(manager, "受理")
    expect(chat.messages.last.get_by_test_id("wz-ticket-status")).to_have_text("已受理")
    manager.press("派单")
    photograph(manager.page, "console-assign")
    manager.choose("承办单位", "云州市城市管理局")
    manager.dialog.get_by_role("button", name="派单", exact=True).click()
    manager.told("派单成功")
    expect(chat.messages.last.get_by_test_id("wz-ticket-status")).to_have_text("办理中")
    expect(chat.messages.last).to_contain_text("云州市城市管理局")
    handler = sign_in("chenjing")
    handler.open(f"/tickets/{number}")
    photograph(handler.page, "console-ticket")
    _carry_out(handler, "答复", REPLY)
    staff = chat.messages.last.get_by_test_id("wz-staff")
    expect(staff).to_contain_text(REPLY)
    expect(staff).to_contain_text("工作人员回复")
    expect(staff).to_contain_text(number)
    chat.scroll_to(staff)
    photograph(chat.page, "staff-reply")
    chat.ask("查进度")
    found = chat.messages.last.get_by_test_id("wz-ticket")
    if found.count() == 0:
        chat.ask(number)
        found = chat.ask(code).part("wz-ticket")
    expect(found).to_contain_text("已答复")
    expect(found).to_contain_text(REPLY)


def test_a_reply_given_while_the_page_was_closed_is_there_when_it_opens(
    chat: ChatPage, sign_in: Callable[..., ConsolePage]
) -> None:
    number, _code = file_street_lamp(chat)
    chat.page.goto("about:blank")
    manager = sign_in("liqiang")
    manager.open(f"/tickets/{number}")
    _carry_out(manager, "受理")
    _carry_out(manager, "答复", REPLY)
    chat.open()
    expect(chat.messages.last.get_by_test_id("wz-staff")).to_contain_text(REPLY)


def _carry_out(console: ConsolePage, action: str, text: str = "") -> None:
    console.press(action)
    if text:
        console.dialog.get_by_role("textbox").fill(text)
        console.page.wait_for_timeout(300)
    console.dialog.get_by_role("button", name=action, exact=True).click()
    console.told(f"{action}成功")
    expect(console.dialog).to_be_hidden()
