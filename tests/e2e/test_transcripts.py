"""From a question in the chat to the answer that finds it: linked at the transcript, seen in use, undone."""

from __future__ import annotations

import re
from collections.abc import Callable

from browser import PHONE, photograph, scrolls_sideways
from chat_page import ChatPage
from console_page import ConsolePage
from playwright.sync_api import Locator, expect

QUESTION = "外来人口那张蓝本本上哪儿弄去"
ENTRY = "居住证申领"


def open_transcript(console: ConsolePage, question: str) -> Locator:
    """Find the conversation by its words; returns the card of the question."""
    console.page.get_by_role("link", name="对话记录").first.click()
    console.fill("搜索市民的问题", question)
    expect(console.page.get_by_role("row")).to_have_count(2)
    photograph(console.page, "console-conversations")
    console.page.get_by_role("link", name=question).first.click()
    card = console.page.locator(".wz-turn-sought")
    expect(card.get_by_role("heading", name=question)).to_be_visible()
    return card


def test_a_question_is_linked_at_its_transcript_answered_at_once_and_let_go_again(
    chat: ChatPage, sign_in: Callable[..., ConsolePage]
) -> None:
    chat.ask("你好")
    assert "半年" not in chat.ask(QUESTION).text
    console = sign_in("zhangmin")
    card = open_transcript(console, QUESTION)
    card.get_by_text("怎么得出的").click()
    expect(card.get_by_text("理解为")).to_be_visible()
    expect(card.get_by_role("row").filter(has_text="胜出")).to_have_count(1)
    photograph(console.page, "console-conversation")
    card.get_by_text("怎么得出的").click()

    card.get_by_role("button", name="关联到条目").click()
    console.dialog.get_by_label("查找别的条目").fill(ENTRY)
    link = console.dialog.get_by_role("button", name=f"关联到“{ENTRY}”", exact=True)
    expect(link.first).to_be_visible()
    photograph(console.page, "console-conversation-link")
    link.first.click()
    console.told("已关联，现在就能找到")
    expect(card.get_by_text("已关联", exact=True)).to_be_visible()
    photograph(console.page, "console-conversation-linked")
    assert "半年" in chat.ask(QUESTION).text

    card.get_by_role("link", name=ENTRY, exact=True).last.click()
    expect(console.page.get_by_text("最近一次用来回答")).to_be_visible()
    console.page.get_by_role("link", name="看过去的回答").scroll_into_view_if_needed()
    photograph(console.page, "console-entry-use")
    console.page.get_by_role("link", name="看过去的回答").click()
    expect(console.page.get_by_role("link", name=QUESTION).first).to_be_visible()
    photograph(console.page, "console-past-answers")
    console.open("/knowledge/use")
    expect(console.page.get_by_role("heading", name="最常用")).to_be_visible()
    photograph(console.page, "console-use")

    card = open_transcript(console, QUESTION)
    undo = console.page.get_by_role("button", name="撤销", exact=True)
    undo.click()
    console.told("已撤销")
    expect(undo).to_have_count(0)
    assert "住满半年" not in chat.ask(QUESTION).text


def test_a_question_becomes_a_training_phrase_and_a_draft_and_both_are_undone(
    chat: ChatPage, sign_in: Callable[..., ConsolePage]
) -> None:
    question = "阁楼漏雨想让人来瞧瞧"
    chat.ask(question)
    console = sign_in("zhangmin")
    card = open_transcript(console, question)
    card.get_by_role("button", name="作为训练语句").click()
    console.choose("意思", "登记诉求")
    photograph(console.page, "console-training-phrase")
    console.dialog.get_by_role("button", name="添加", exact=True).click()
    console.told("已添加，下次训练后生效")
    expect(card.get_by_text("训练语句：登记诉求")).to_be_visible()

    card.get_by_role("button", name="新建条目").click()
    expect(console.page.get_by_label("标准问", exact=True)).to_have_value(question)
    console.fill("答案", "请登记诉求，工作人员会上门查看。")
    console.press("保存草稿")
    console.told("已保存")

    console.open("/conversations/training")
    expect(console.page.get_by_text(question).first).to_be_visible()
    photograph(console.page, "console-training-phrases")
    open_transcript(console, question)
    undo = console.page.get_by_role("button", name="撤销", exact=True)
    for left in (1, 0):
        undo.first.click()
        expect(undo).to_have_count(left)
    console.open("/conversations/training")
    expect(console.page.get_by_text("还没有训练语句")).to_be_visible()


def test_transcripts_and_use_fit_a_telephone(chat: ChatPage, sign_in: Callable[..., ConsolePage]) -> None:
    chat.ask("居住证怎么办")
    chat.page.get_by_role("button", name=re.compile("有帮助|有用")).first.click()
    console = sign_in("liqiang", viewport=PHONE)
    for address, words, name in (
        ("/conversations", "对话记录", "conversations"),
        ("/dangers", "处境危险的市民", "dangers"),
        ("/knowledge/use", "最常用", "use"),
        ("/knowledge/answers?entry=residence_permit.apply", "过去的回答", "past-answers"),
        ("/conversations/training", "训练语句", "training-phrases"),
    ):
        console.open(address)
        expect(console.page.get_by_role("heading", name=words).first).to_be_visible()
        photograph(console.page, f"console-{name}")
        assert not scrolls_sideways(console.page)
    console.open("/conversations?q=居住证怎么办")
    console.page.get_by_role("link", name="居住证怎么办").first.click()
    card = console.page.locator(".wz-turn-sought")
    expect(card).to_be_visible()
    card.get_by_text("怎么得出的").click()
    expect(card.get_by_text("用它回答了")).to_be_visible()
    photograph(console.page, "console-conversation")
    assert not scrolls_sideways(console.page)
