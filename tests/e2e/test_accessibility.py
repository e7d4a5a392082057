"""A smoke test of what a keyboard and a screen reader need: names, focus order, no sideways scrolling."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from browser import SMALL_PHONE, NewContext, photograph, scrolls_sideways
from chat_page import ChatPage
from console_page import ConsolePage
from playwright.sync_api import Page, expect

INTERACTIVE = {
    "button",
    "link",
    "textbox",
    "combobox",
    "checkbox",
    "searchbox",
    "switch",
    "tab",
    "option",
    "spinbutton",
}
FOCUSED = """() => {
  let node = document.activeElement;
  while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
  return node?.dataset.testid ?? node?.tagName.toLowerCase();
}"""


def nameless(page: Page) -> list[str]:
    """Interactive elements without a name, by the browser's own accessibility tree."""
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    session.detach()
    found = [node for node in nodes if not node.get("ignored") and node["role"]["value"] in INTERACTIVE]
    assert found
    return [str(node) for node in found if not node.get("name", {}).get("value", "").strip()]


def test_every_control_of_the_chat_has_a_name(chat: ChatPage) -> None:
    chat.ask("居住证怎么办")
    chat.ask("孩子刚出生要办什么")
    chat.ask("有人晕倒了")
    assert nameless(chat.page) == []


def test_the_tab_key_goes_through_the_chat_from_top_to_bottom(chat: ChatPage) -> None:
    chat.ask("居住证怎么办")
    chat.page.get_by_test_id("wz-language").focus()
    visited = []
    for _ in range(40):
        visited.append(chat.page.evaluate(FOCUSED))
        if visited[-1] == "wz-send":
            break
        chat.page.keyboard.press("Tab")
        if visited[-1] == "wz-input":
            break
    assert visited[:3] == ["wz-language", "wz-new", "wz-log"]
    assert visited.index("wz-button") < visited.index("wz-up") < visited.index("wz-down") < visited.index("wz-input")


def test_new_messages_are_announced_and_the_log_can_be_read_in_order(chat: ChatPage) -> None:
    expect(chat.log).to_have_attribute("role", "log")
    expect(chat.log).to_have_attribute("aria-live", "polite")
    chat.ask("居住证怎么办")
    assert [role for role, _ in chat.transcript()] == ["bot", "citizen", "bot"]
    assert chat.transcript()[1][1].startswith("您说：")


def test_nothing_scrolls_sideways_on_the_narrowest_telephone(new_context: NewContext) -> None:
    chat = ChatPage(new_context(viewport=SMALL_PHONE).new_page()).open()
    photograph(chat.page, "small-greeting")
    chat.ask("居住证怎么办")
    chat.ask("孩子刚出生要办什么")
    chat.ask("路灯坏了，我要投诉")
    chat.ask("有人晕倒了")
    assert not scrolls_sideways(chat.page)
    assert not chat.log.evaluate("node => node.scrollWidth > node.clientWidth")
    photograph(chat.page, "small-emergency")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_enlarged_text_stays_usable(new_context: NewContext, lang: str) -> None:
    page = new_context(viewport=SMALL_PHONE).new_page()
    chat = ChatPage(page).open()
    if lang == "en":
        page.get_by_test_id("wz-language").click()
    page.locator("wenzheng-chat").evaluate("node => node.style.setProperty('--wz-font-size', '28px')")
    chat.ask("居住证怎么办")
    assert not chat.log.evaluate("node => node.scrollWidth > node.clientWidth")
    expect(page.get_by_test_id("wz-send")).to_be_in_viewport()
    expect(page.get_by_test_id("wz-language")).to_be_in_viewport()
    photograph(page, f"small-enlarged-{lang}")


def test_the_console_has_names_for_its_controls_and_fits_a_telephone(sign_in: Callable[..., ConsolePage]) -> None:
    console = sign_in("liqiang", viewport=SMALL_PHONE)
    for name, address in [
        ("home", "/"),
        ("knowledge", "/knowledge"),
        ("hit-test", "/knowledge/hit-test"),
        ("vocabulary", "/knowledge/vocabulary"),
        ("unresolved", "/unresolved"),
        ("conversations", "/conversations"),
        ("dangers", "/dangers"),
        ("use", "/knowledge/use"),
        ("rates", "/knowledge/rates"),
        ("tickets", "/tickets"),
        ("entry", "/knowledge/residence_permit.apply"),
        ("history", "/knowledge/residence_permit.apply/history"),
    ]:
        console.open(address)
        expect(console.page.get_by_role("heading", level=1)).to_be_visible()
        photograph(console.page, f"console-{name}")
        assert not scrolls_sideways(console.page), address
        assert nameless(console.page) == [], address
