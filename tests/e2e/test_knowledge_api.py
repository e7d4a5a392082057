"""A program with a token of a curator: made in the console, used over HTTP, ended in the console."""

from __future__ import annotations

from collections.abc import Callable

import httpx
from assistant import RunningAssistant
from browser import PHONE, WIDE, photograph, scrolls_sideways
from chat_page import ChatPage
from console_page import ConsolePage
from playwright.sync_api import expect

FORM = {
    "topic": "housing",
    "title": "鸽棚搭建",
    "question": "楼顶能不能搭鸽棚",
    "similar": ["天台养鸽子可以吗", "屋顶搭个鸽子笼要批准吗"],
    "answer": "楼顶是全体业主共有的，搭鸽棚要先经业主大会同意。咨询请拨 {city.hotline}。",
}


def new_token(console: ConsolePage, purpose: str) -> str:
    """Makes a token on the page; its text, which is shown once."""
    console.press("新建令牌")
    console.fill("用途", purpose)
    photograph(console.page, "console-new-token")
    console.press("生成令牌")
    token = console.dialog.locator(".wz-secret").inner_text()
    photograph(console.page, "console-token-once")
    assert not scrolls_sideways(console.page)
    console.press("我已记下")
    expect(console.page.get_by_role("table", name="接口令牌").get_by_text(purpose)).to_be_visible()
    return token


def test_a_program_publishes_with_a_token_until_it_is_revoked(
    sign_in: Callable[..., ConsolePage], assistant: RunningAssistant, chat: ChatPage
) -> None:
    assistant.wenzheng("account", "add", "hejie", "--role", "curator")
    console = sign_in("hejie").open("/my-account")
    expect(console.page.get_by_text("还没有接口令牌")).to_be_visible()
    token = new_token(console, "每晚同步")

    with assistant.client(headers={"Authorization": f"Bearer {token}"}) as program:
        topic = program.get("/api/knowledge/topics").json()[0]["id"]
        made = program.post("/api/knowledge/entries", json=FORM | {"topic": topic})
        assert made.status_code == 201, made.text
        address = made.headers["location"]
        stale = program.post(f"{address}/publish", headers={"If-Match": '"7"'})
        assert (stale.status_code, stale.headers["etag"]) == (412, '"1"')
        assert program.post(f"{address}/publish", headers={"If-Match": '"1"'}).status_code == 200
        assert "业主大会" in chat.ask(FORM["question"]).text
        assert program.post(f"{address}/retire", headers={"If-Match": '"2"'}).status_code == 200

        console.open("/my-account")
        console.page.set_viewport_size(WIDE | {"height": 1400})
        photograph(console.page, "console-tokens")
        console.press("停用令牌 每晚同步")
        console.press("确认停用")
        console.told("已停用")
        expect(console.page.get_by_text("还没有接口令牌")).to_be_visible()
        refused = program.get(address)
        assert (refused.status_code, refused.headers["content-type"]) == (401, "application/problem+json")


def test_the_administrator_and_the_command_make_tokens_for_an_account(
    sign_in: Callable[..., ConsolePage], assistant: RunningAssistant
) -> None:
    assistant.wenzheng("account", "add", "sunyu", "--role", "administrator", "--role", "curator")
    made = assistant.wenzheng("account", "token", "liqiang", "--purpose", "报表", "--days", "7", "--read-only")
    with assistant.client(headers={"Authorization": f"Bearer {made.stdout.strip()}"}) as program:
        assert program.get("/api/knowledge/me").json()["username"] == "liqiang"
        assert program.post("/api/knowledge/entries", json=FORM).status_code == 403
        console = sign_in("sunyu", viewport=PHONE).open("/accounts/liqiang")
        token = new_token(console, "对接系统")
        assert not scrolls_sideways(console.page)
        console.page.set_viewport_size(PHONE | {"height": 2000})
        photograph(console.page, "console-account-tokens")
        console.press("停用令牌 报表")
        console.press("确认停用")
        console.told("已停用")
        assert program.get("/api/knowledge/me").status_code == 401
    listed = httpx.get(
        f"{assistant.base_url}/api/knowledge/me", headers={"Authorization": f"Bearer {token}"}, trust_env=False
    )
    assert listed.json()["token"] == "对接系统"


def test_the_description_of_the_api_is_served_without_a_token(assistant: RunningAssistant) -> None:
    with assistant.client() as anybody:
        described = anybody.get("/api/knowledge/openapi.json").json()
        assert "/entries/{entry_id}/publish" in described["paths"]
        large = anybody.post("/api/knowledge/imports", content=b"0" * 5_000_000)
        assert large.status_code == 401
