"""The line breaks while a citizen writes: it is said, nothing is lost, nothing is doubled."""

from __future__ import annotations

import contextlib
import json
import re
import sqlite3

from assistant import RunningAssistant
from browser import BrowserErrors, photograph
from chat_page import ChatPage
from playwright.sync_api import APIResponse, Route, expect

BACK_MILLISECONDS = 30_000
AT_ONCE_MILLISECONDS = 5_000
# Six tries with doubling pauses.
GIVEN_UP_MILLISECONDS = 60_000


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


def test_a_message_that_always_fails_is_given_up_with_a_word_and_the_next_go_on_in_order(
    chat: ChatPage, errors: BrowserErrors
) -> None:
    errors.expected = ("503",)
    failing = {"on": True}

    def fail_at_one(route: Route) -> None:
        if failing["on"] and "护照" in (route.request.post_data or ""):
            problem = {
                "status": 503,
                "code": "assistant_unavailable",
                "detail": "助手暂时没有回应",
                "title": "",
                "type": "",
            }
            route.fulfill(status=503, content_type="application/problem+json", body=json.dumps(problem))
        else:
            route.continue_()

    chat.page.route("**/messages", fail_at_one)
    for text in ("护照怎么办", "居住证怎么办", "你好"):
        chat.write(text)
    first, *others = (chat.said_by("citizen").filter(has_text=text) for text in ("护照怎么办", "居住证怎么办", "你好"))
    expect(first).to_have_attribute("data-state", "failed", timeout=GIVEN_UP_MILLISECONDS)
    expect(first).to_contain_text("助手一直没有答复这一条")
    for other in others:
        expect(other).to_have_attribute("data-state", "sent", timeout=BACK_MILLISECONDS)
    expect(chat.page.get_by_test_id("wz-answer")).to_have_count(1)
    photograph(chat.page, "given-up")
    failing["on"] = False
    first.get_by_test_id("wz-resend").click()
    expect(chat.page.get_by_test_id("wz-answer")).to_have_count(2, timeout=BACK_MILLISECONDS)
    chat.page.reload()
    expect(chat.said_by("citizen")).to_have_count(3)
    expect(chat.page.get_by_test_id("wz-answer")).to_have_count(2)


def test_danger_is_answered_while_the_database_is_locked_and_stands_in_the_transcript_afterwards(
    assistant: RunningAssistant, chat: ChatPage, errors: BrowserErrors
) -> None:
    file = assistant.settings.data_dir / "wenzheng.db"
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as database:
        database.execute("BEGIN IMMEDIATE")
        chat.write("我舅舅晕倒了，叫不醒")
        emergency = chat.page.get_by_test_id("wz-emergency")
        expect(emergency).to_have_count(1, timeout=AT_ONCE_MILLISECONDS)
        expect(emergency).to_contain_text("120")
        expect(chat.said_by("citizen")).to_have_attribute("data-state", "sent")
        photograph(chat.page, "danger-unstored")
        database.execute("ROLLBACK")
    expect(chat.said_by("citizen")).to_have_attribute("data-seq", re.compile(r"\d+"), timeout=BACK_MILLISECONDS)
    expect(emergency).to_have_count(1)
    chat.page.reload()
    expect(emergency).to_have_count(1)
    expect(chat.said_by("citizen")).to_have_count(1)
