"""A curator answers what the assistant could not, and the chat answers it at once."""

from __future__ import annotations

import re
from collections.abc import Callable

from browser import photograph
from chat_page import ChatPage
from console_page import ConsolePage
from playwright.sync_api import expect

QUESTION = "家里能养信鸽吗"
ANSWER = "可以养信鸽，但要先到区体育部门登记，鸽舍不能影响邻居。咨询请拨 {city.hotline}。"


def test_an_unresolved_question_is_answered_in_the_console_and_then_in_the_chat(
    chat: ChatPage, sign_in: Callable[..., ConsolePage]
) -> None:
    assert "没有可靠的答案" in chat.ask(QUESTION).text.replace("还", "")
    console = sign_in("zhangmin")
    photograph(console.page, "console-home")
    console.page.get_by_role("link", name="未解决的问题").first.click()
    console.page.get_by_role("link", name=QUESTION).first.click()
    expect(console.page.get_by_text("当时为什么没答好")).to_be_visible()
    photograph(console.page, "console-unresolved-question")
    console.press("回答这个问题")
    expect(console.page.get_by_label("标准问", exact=True)).to_have_value(QUESTION)
    console.fill("答案", ANSWER)
    expect(console.page.get_by_text("咨询请拨 12345。")).to_be_visible()
    console.press("添加依据")
    console.fill("文件名称", "信鸽竞翔活动管理办法")
    console.fill("发布机关", "国家体育总局")
    photograph(console.page, "console-entry")
    console.press("发布")
    console.told("已发布，市民现在就能问到")
    answered = chat.ask(QUESTION)
    expect(answered.part("wz-answer")).to_contain_text("可以养信鸽")
    expect(answered.part("wz-answer")).to_contain_text("12345")
    expect(answered.part("wz-answer").get_by_test_id("wz-sources")).to_contain_text("《信鸽竞翔活动管理办法》")
    photograph(chat.page, "answered-by-curator")
    _retire(console)
    assert "信鸽" not in chat.ask(QUESTION).text


def test_an_edited_answer_reaches_the_very_next_question(chat: ChatPage, sign_in: Callable[..., ConsolePage]) -> None:
    assert "半年" in chat.ask("居住证怎么办").text
    console = sign_in("zhangmin")
    console.open("/knowledge?q=居住证申领")
    photograph(console.page, "console-knowledge")
    console.page.get_by_role("link", name="居住证申领", exact=True).click()
    before = console.page.get_by_label("答案", exact=True).input_value()
    _save_answer(console, f"（今日更新）{before}")
    assert "（今日更新）" in chat.ask("居住证怎么办").text
    _save_answer(console, before)
    assert "（今日更新）" not in chat.ask("居住证怎么办").text


def _save_answer(console: ConsolePage, answer: str) -> None:
    note = console.page.get_by_text(re.compile(r"· 版本 \d+ ·"))
    version = int(re.findall(r"版本 (\d+)", note.inner_text())[0])
    console.fill("答案", answer)
    console.press("保存并发布")
    expect(note).to_contain_text(f"版本 {version + 1} ")
    expect(console.page.get_by_label("答案", exact=True)).to_have_value(answer)


def _retire(console: ConsolePage) -> None:
    console.press("停用")
    console.dialog.get_by_role("button", name="停用", exact=True).click()
    console.told("已停用")
