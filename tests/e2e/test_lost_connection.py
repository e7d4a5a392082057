"""The line breaks while a citizen writes: it is said, nothing is lost, nothing is doubled."""

from __future__ import annotations

from browser import BrowserErrors, photograph
from chat_page import ChatPage
from playwright.sync_api import APIResponse, Route, expect

BACK_MILLISECONDS = 30_000


def test_words_written_offline_wait_and_arrive_once(any_chat: ChatPage, errors: BrowserErrors) -> None:
    errors.expected = ("net::ERR_INTERNET_DISCONNECTED", "net::ERR_ABORTED", "net::ERR_FAILED")
    page = any_chat.page
    page.context.set_offline(True)
    expect(any_chat.status).to_have_attribute("data-state", "offline")
    expect(any_chat.status).to_contain_text("网络已断开")
    any_chat.write("居住证怎么办")
    waiting = any_chat.said_by("citizen").last
    expect(waiting).to_have_attribute("data-state", "waiting")
    photograph(page, "offline")
    page.context.set_offline(False)
    expect(waiting).to_have_attribute("data-state", "sent", timeout=BACK_MILLISECONDS)
    expect(any_chat.status).to_be_hidden(timeout=BACK_MILLISECONDS)
    expect(page.get_by_test_id("wz-answer")).to_have_count(1, timeout=BACK_MILLISECONDS)
    page.reload()
    expect(any_chat.said_by("citizen")).to_have_count(1)
    expect(page.get_by_test_id("wz-answer")).to_have_count(1)


def test_an_acknowledgement_that_got_lost_makes_no_second_turn(chat: ChatPage, errors: BrowserErrors) -> None:
    errors.expected = ("net::ERR_FAILED",)
    lost: list[APIResponse] = []

    def lose_the_first_answer(route: Route) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.fetch())
        route.abort()

    chat.page.route("**/messages", lose_the_first_answer)
    chat.write("居住证怎么办")
    expect(chat.page.get_by_test_id("wz-answer")).to_have_count(1, timeout=BACK_MILLISECONDS)
    expect(chat.status).to_be_hidden(timeout=BACK_MILLISECONDS)
    chat.page.reload()
    expect(chat.said_by("citizen")).to_have_count(1)
    expect(chat.page.get_by_test_id("wz-answer")).to_have_count(1)
    assert lost


def test_a_message_that_was_not_sent_can_be_taken_back(chat: ChatPage, errors: BrowserErrors) -> None:
    errors.expected = ("net::ERR_INTERNET_DISCONNECTED", "net::ERR_ABORTED", "net::ERR_FAILED")
    chat.page.context.set_offline(True)
    chat.write("我要投诉邻居")
    chat.page.get_by_test_id("wz-withdraw").click()
    expect(chat.said_by("citizen")).to_have_count(0)
    chat.page.context.set_offline(False)
    expect(chat.status).to_be_hidden(timeout=BACK_MILLISECONDS)
    expect(chat.said_by("citizen")).to_have_count(0)
