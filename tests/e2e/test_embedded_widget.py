"""The widget as a bubble in somebody else's page."""

from __future__ import annotations

import pytest
from browser import PHONE, WIDE, NewContext, photograph, scrolls_sideways
from chat_page import ChatPage
from playwright.sync_api import Page, expect

# What a careless host page does to everything on it.
HOST_STYLES = """
* { color: rgb(255, 0, 255) !important; font-size: 31px !important; }
button, textarea, p { display: none !important; }
"""


@pytest.fixture(params=[WIDE, PHONE], ids=["1280", "390"])
def host(request: pytest.FixtureRequest, new_context: NewContext) -> Page:
    page = new_context(viewport=request.param).new_page()
    page.goto("/embed")
    return page


def test_the_bubble_opens_answers_and_closes_with_escape(host: Page) -> None:
    launcher, panel = host.get_by_test_id("wz-launcher"), host.get_by_test_id("wz-panel")
    expect(launcher).to_have_accessible_name("在线咨询")
    expect(panel).to_be_hidden()
    photograph(host, "embed-closed")
    launcher.click()
    expect(panel).to_be_visible()
    chat = ChatPage(host)
    expect(chat.input).to_be_focused()
    expect(chat.messages.first).to_contain_text("云州市")
    assert "半年" in chat.ask("居住证怎么办").text
    photograph(host, "embed-open")
    host.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(launcher).to_be_focused()
    assert not scrolls_sideways(host)


def test_the_conversation_goes_on_from_page_to_page(host: Page) -> None:
    host.get_by_test_id("wz-launcher").click()
    chat = ChatPage(host)
    chat.ask("居住证怎么办")
    host.reload()
    host.get_by_test_id("wz-launcher").click()
    expect(chat.said_by("citizen")).to_have_count(1)
    expect(chat.said_by("citizen")).to_contain_text("居住证怎么办")
    assert "15日" in chat.ask("多久能办好").text


def test_the_host_pages_styles_stay_outside_and_ours_inside(host: Page) -> None:
    host.get_by_test_id("wz-launcher").click()
    expect(ChatPage(host).messages.first).to_be_visible()
    look = "node => [getComputedStyle(node).color, getComputedStyle(node).fontSize, getComputedStyle(node).display]"
    inside = host.get_by_test_id("wz-send")
    outside = host.locator("h1")
    before, host_before = inside.evaluate(look), outside.evaluate(look)
    assert host_before[1] == "26px"
    # The page's policy lets no style element in; a host of its own has such styles.
    host.evaluate(
        "css => { const sheet = new CSSStyleSheet(); sheet.replaceSync(css); document.adoptedStyleSheets = [sheet] }",
        HOST_STYLES,
    )
    assert inside.evaluate(look) == before
    assert outside.evaluate(look)[0] == "rgb(255, 0, 255)"
