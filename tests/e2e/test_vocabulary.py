"""A local name that nobody knows is taught, its effect seen beforehand, and the chat answers; the entry form offers fixes."""

from __future__ import annotations

from collections.abc import Callable

from browser import PHONE, WIDE, photograph, scrolls_sideways
from chat_page import ChatPage
from console_page import ConsolePage
from playwright.sync_api import expect

LOCAL, OFFICIAL = "翠橙卡", "居住证"
QUESTION = f"{LOCAL}怎么申领"


def test_a_local_name_is_taught_with_its_effect_in_view_and_the_chat_answers(
    sign_in: Callable[..., ConsolePage], chat: ChatPage
) -> None:
    chat.ask(QUESTION)
    console = sign_in("zhangmin").open("/knowledge/vocabulary")
    expect(console.page.get_by_text("词表还是空的")).to_be_visible()
    photograph(console.page, "console-vocabulary-empty")

    console.press("添加词条")
    console.fill("词（一行一个）", LOCAL)
    console.fill("规范词", OFFICIAL)
    expect(console.dialog.get_by_role("button", name="启用", exact=True)).to_be_disabled()
    console.dialog.get_by_role("button", name="看看影响").click()
    expect(console.page.get_by_text("多命中", exact=False)).to_be_visible()
    expect(console.dialog.get_by_role("cell", name=QUESTION)).to_be_visible()
    photograph(console.page, "console-vocabulary-preview")
    console.page.set_viewport_size(PHONE)
    assert not scrolls_sideways(console.page)
    photograph(console.page, "console-vocabulary-preview")
    console.dialog.get_by_role("button", name="启用", exact=True).click()
    console.told("已启用，市民现在就能问到")

    expect(console.page.get_by_text("已启用", exact=True)).to_be_visible()
    console.open("/knowledge/vocabulary")
    photograph(console.page, "console-vocabulary")
    assert not scrolls_sideways(console.page)
    console.page.set_viewport_size(WIDE)
    console.open("/knowledge/vocabulary")
    console.page.get_by_label("搜索词表").fill("二代证")
    expect(console.page.get_by_text("系统词表里已有")).to_be_visible()
    photograph(console.page, "console-vocabulary-built-in")
    console.page.get_by_label("搜索词表").fill("")
    expect(console.page.get_by_text("系统词表里已有")).to_be_hidden()
    photograph(console.page, "console-vocabulary")

    chat.ask(QUESTION)
    expect(chat.page.get_by_text("居住证申领").last).to_be_visible()

    console.page.get_by_role("button", name=f"历史：{LOCAL}").click()
    expect(console.dialog.get_by_text(f"{LOCAL} → {OFFICIAL}", exact=False)).to_be_visible()
    console.dialog.get_by_role("button", name="关闭").click()
    console.page.get_by_role("button", name=f"停用：{LOCAL}").click()
    expect(console.dialog.get_by_role("cell", name=QUESTION)).to_be_visible()
    photograph(console.page, "console-vocabulary-disable")
    console.dialog.get_by_role("button", name="停用", exact=True).click()
    console.told("已停用，词还留在词表里")
    expect(console.page.get_by_text("未启用", exact=True)).to_be_visible()


def test_the_entry_form_offers_standard_names_and_shows_who_says_the_same(sign_in: Callable[..., ConsolePage]) -> None:
    console = sign_in("zhangmin").open("/knowledge/new")
    console.fill("标题", "补领证件")
    console.fill("标准问", "身份证丢了怎么补办")
    console.fill("答案", "请到工商局办理，也可以到原工商局窗口咨询。")
    fix = console.page.get_by_role("button", name="改为“市场监督管理局”")
    expect(fix).to_be_visible()
    expect(console.page.get_by_text("“身份证丢了怎么补办”已经是", exact=False)).to_be_visible()
    fix.scroll_into_view_if_needed()
    photograph(console.page, "console-entry-hints")
    fix.click()
    expect(console.page.get_by_label("答案", exact=True)).to_have_value(
        "请到市场监督管理局办理，也可以到原工商局窗口咨询。"
    )
    expect(fix).to_be_hidden()

    console.page.set_viewport_size(PHONE)
    assert not scrolls_sideways(console.page)
    photograph(console.page, "console-entry-hints")
    console.press("保存草稿")
    expect(console.dialog.get_by_text("有的说法别的条目已经有了")).to_be_visible()
    photograph(console.page, "console-entry-duplicate")
    console.dialog.get_by_role("button", name="回去修改").click()
    console.fill("标准问", "绿皮本子找不到了要怎么重新领一本")
    expect(console.page.get_by_text("“身份证丢了怎么补办”已经是", exact=False)).to_be_hidden()
    console.press("保存草稿")
    console.told("已保存")


def test_a_code_that_cannot_be_right_is_not_saved(sign_in: Callable[..., ConsolePage]) -> None:
    console = sign_in("zhangmin").open("/knowledge/new")
    console.fill("标题", "单位查询")
    console.fill("标准问", "怎么查单位的信用代码")
    console.fill("答案", "政务服务中心的统一社会信用代码：12441500196720245T")
    expect(console.page.get_by_text("校验位不对", exact=False).first).to_be_visible()
    console.press("保存草稿")
    console.told("校验位不对")
