"""A citizen asks: greeting, answers with their sources, follow-ups, needs, nonsense, danger, English labels."""

from __future__ import annotations

import re

from browser import photograph, scrolls_sideways
from chat_page import ChatPage, Replies
from playwright.sync_api import expect

RESIDENCE_PERMIT_RULES = "《居住证暂行条例》（国务院令第663号）"


def assert_sourced(replies: Replies, rules: str) -> None:
    sources = replies.part("wz-answer").get_by_test_id("wz-sources")
    expect(sources).to_contain_text("依据：")
    expect(sources).to_contain_text(rules)


def test_a_newcomer_is_greeted_and_shown_what_can_be_asked(any_chat: ChatPage) -> None:
    expect(any_chat.messages).to_have_count(1)
    expect(any_chat.messages.first).to_contain_text("云州市政务服务助手")
    expect(any_chat.chips).to_have_text(
        ["居住证怎么办", "孩子刚出生要办什么", "社保断缴了怎么补", "我要反映一个问题", "查我的工单"]
    )
    expect(any_chat.page).to_have_title("云州市政务服务助手")
    assert not scrolls_sideways(any_chat.page)
    photograph(any_chat.page, "greeting")
    assert any_chat.press_chip("居住证怎么办").part("wz-answer").get_by_role("heading").inner_text() == "居住证申领"
    expect(any_chat.chips).to_have_count(0)


def test_a_question_and_its_follow_ups_are_about_the_same_item_and_sourced(any_chat: ChatPage) -> None:
    permit = any_chat.ask("居住证怎么办")
    assert "半年" in permit.text and "15日内" in permit.text
    assert_sourced(permit, RESIDENCE_PERMIT_RULES)
    photograph(any_chat.page, "answer")
    materials = any_chat.ask("要带什么材料")
    assert "身份证" in materials.text and "相片" in materials.text and "住址证明" in materials.text
    assert_sourced(materials, RESIDENCE_PERMIT_RULES)
    photograph(any_chat.page, "answer-materials")
    duration = any_chat.ask("多久能办好")
    assert "15日" in duration.text and "第九条" in duration.text
    assert_sourced(duration, RESIDENCE_PERMIT_RULES)
    photograph(any_chat.page, "answer-time-limit")
    assert not scrolls_sideways(any_chat.page)


def test_facets_and_related_questions_can_be_pressed(chat: ChatPage) -> None:
    permit = chat.ask("居住证怎么办")
    assert {"材料", "时限", "费用"} <= set(permit.buttons("facet"))
    fee = chat.press("费用", "facet")
    assert "免费" in fee.text and "第二十一条" in fee.text
    related = permit.buttons("related")
    assert related
    assert chat.press(related[-1], "related").part("wz-answer").get_by_test_id("wz-sources").count() == 1


def test_a_rating_and_the_conversation_survive_a_reload(chat: ChatPage) -> None:
    chat.ask("居住证怎么办").messages.get_by_test_id("wz-up").click()
    expect(chat.page.get_by_text("感谢您的评价。")).to_be_visible()
    chat.input.fill("还没写完的话")
    before = chat.transcript()
    chat.page.reload()
    expect(chat.messages).to_have_count(len(before))
    assert [role for role, _ in chat.transcript()] == [role for role, _ in before]
    expect(chat.page.get_by_test_id("wz-up")).to_have_attribute("aria-pressed", "true")
    expect(chat.page.get_by_test_id("wz-down")).to_have_attribute("aria-pressed", "false")
    expect(chat.input).to_have_value("还没写完的话")
    assert "15日" in chat.ask("多久能办好").text


def test_a_need_in_the_citizens_words_becomes_an_ordered_list_of_services(any_chat: ChatPage) -> None:
    newborn = any_chat.ask("孩子刚出生要办什么")
    steps = newborn.part("wz-services").get_by_role("listitem").all_inner_texts()
    services = newborn.buttons("service")
    assert len(services) >= 4
    assert "出生医学证明" in steps[0]
    assert any("户口" in step for step in steps) and any("医保" in step for step in steps)
    photograph(any_chat.page, "services")
    assert any_chat.press(services[1], "service").part("wz-answer").get_by_test_id("wz-sources").count() == 1


def test_nonsense_twice_is_met_calmly_and_offers_a_way_out(any_chat: ChatPage) -> None:
    first = any_chat.ask("asdfghjkl")
    assert "没看懂" in first.text
    second = any_chat.ask("啊啊啊啊啊")
    assert "转人工" in second.buttons() and "看看常见问题" in second.buttons()
    photograph(any_chat.page, "nonsense")
    assert "居住证怎么办" in any_chat.press("看看常见问题").buttons()


def test_the_labels_can_be_read_in_english(any_chat: ChatPage) -> None:
    page = any_chat.page
    any_chat.ask("居住证怎么办")
    page.get_by_test_id("wz-language").click()
    expect(page.get_by_test_id("wz-send")).to_have_text("Send")
    expect(any_chat.input).to_have_attribute("placeholder", re.compile("Chinese"))
    expect(page.get_by_test_id("wz-sources")).to_contain_text("Legal basis")
    expect(page.get_by_test_id("wz-up")).to_have_attribute("aria-label", "Helpful")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    photograph(page, "english")
    page.reload()
    expect(page.get_by_test_id("wz-send")).to_have_text("Send")
    page.get_by_test_id("wz-language").click()
    expect(page.get_by_test_id("wz-send")).to_have_text("发送")


def test_danger_to_life_gives_the_numbers_at_once(any_chat: ChatPage) -> None:
    emergency = any_chat.ask("救命，我爸晕倒了没有呼吸").part("wz-emergency")
    expect(emergency).to_have_attribute("role", "alert")
    expect(emergency.get_by_role("link", name="拨打 120")).to_have_attribute("href", "tel:120")
    photograph(any_chat.page, "emergency")


def test_a_new_conversation_begins_after_asking(chat: ChatPage) -> None:
    chat.ask("居住证怎么办")
    chat.page.get_by_test_id("wz-new").click()
    expect(chat.page.get_by_test_id("wz-confirm")).to_be_focused()
    chat.page.get_by_test_id("wz-confirm").click()
    expect(chat.messages).to_have_count(1)
    expect(chat.chips).to_have_count(5)
