"""A citizen files a complaint, interrupts it with a question, keeps number and code, and looks the status up."""

from __future__ import annotations

import re

from browser import photograph
from chat_page import ChatPage
from playwright.sync_api import expect
from tickets import file_street_lamp


def test_a_complaint_with_a_question_in_the_middle_is_filed_once_and_found_again(any_chat: ChatPage) -> None:
    page = any_chat.page
    opened = any_chat.ask("我家门口的路灯坏了好几天了，我要投诉")
    assert "地方" in opened.text
    aside = any_chat.ask("居住证怎么办")
    assert "半年" in aside.text and "地方" in aside.text
    expect(aside.part("wz-answer").get_by_test_id("wz-sources")).to_be_visible()
    photograph(page, "complaint-question")
    any_chat.ask("临江区梧桐路 18 号门口")
    if "什么时候" in any_chat.transcript()[-1][1]:
        any_chat.ask("从上周三晚上开始")
    read_back = any_chat.press("匿名")
    assert "路灯" in read_back.text and "梧桐路" in read_back.text and "匿名" in read_back.text
    assert read_back.buttons() == ["确认提交", "修改", "取消"]
    photograph(page, "complaint-confirm")
    filed = any_chat.press("确认提交")
    number = filed.part("wz-ticket-number").inner_text()
    code = filed.part("wz-ticket-code").inner_text()
    assert re.fullmatch(r"YZ\d{8}-\d{5}", number) and re.fullmatch("[0-9A-HJKMNP-TV-Z]{8}", code)
    any_chat.scroll_to(filed.part("wz-ticket"))
    photograph(page, "complaint-filed")
    any_chat.page.get_by_test_id("wz-new").click()
    any_chat.page.get_by_test_id("wz-confirm").click()
    expect(any_chat.messages).to_have_count(1)
    any_chat.ask("查进度")
    any_chat.ask(number)
    found = any_chat.ask(code).part("wz-ticket")
    expect(found.get_by_test_id("wz-ticket-status")).to_have_text("待受理")
    expect(found).to_contain_text("路灯")
    expect(found.get_by_test_id("wz-ticket-code")).to_have_count(0)
    photograph(page, "ticket-status")


def test_a_wrong_code_tells_nothing_about_the_ticket(chat: ChatPage) -> None:
    number, code = file_street_lamp(chat)
    chat.page.get_by_test_id("wz-new").click()
    chat.page.get_by_test_id("wz-confirm").click()
    expect(chat.messages).to_have_count(1)
    chat.ask("查进度")
    chat.ask(number)
    refused = chat.ask(("3" if code[0] != "3" else "4") + code[1:])
    assert "路灯" not in refused.text and "没有查到" in refused.text


def test_what_was_filled_in_can_be_changed_and_cancelled(chat: ChatPage) -> None:
    chat.ask("路灯坏了没人修，我要投诉")
    chat.ask("临江区梧桐路 18 号门口")
    if "什么时候" in chat.transcript()[-1][1]:
        chat.ask("昨天晚上")
    chat.press("匿名")
    chat.press("修改")
    chat.press("地点")
    changed = chat.ask("云东区桂花街 5 号")
    assert "桂花街" in changed.text and "梧桐路" not in changed.text
    chat.press("取消")
    cancelled = chat.press("不登记了")
    assert "没有登记" in cancelled.text


def test_danger_is_answered_inside_an_open_form_which_then_goes_on(chat: ChatPage) -> None:
    chat.ask("路灯坏了没人修，我要投诉")
    danger = chat.ask("着火了快救命")
    expect(danger.part("wz-emergency").get_by_role("link", name="拨打 119")).to_have_attribute("href", "tel:119")
    goes_on = chat.ask("临江区梧桐路 18 号门口")
    assert "梧桐路" not in goes_on.text or "核对" in goes_on.text
    assert "什么时候" in goes_on.text or "电话" in goes_on.text


def test_a_person_is_promised_only_when_there_is_one(chat: ChatPage) -> None:
    asked = chat.ask("转人工")
    assert "没有在线的人工客服" in asked.text and "12345" in asked.text
