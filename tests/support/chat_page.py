"""The chat widget as a citizen uses it in a browser."""

from __future__ import annotations

import re
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

TURN_MILLISECONDS = 20_000


@dataclass(frozen=True)
class Replies:
    """What the assistant said since the citizen's last message."""

    messages: Locator
    text: str

    def part(self, testid: str) -> Locator:
        """The one part of this kind, such as ``wz-answer``; fails with what was said instead."""
        found = self.messages.get_by_test_id(testid)
        assert found.count() == 1, f"{testid}: {self.text}"
        return found

    def buttons(self, kind: str = "choice") -> list[str]:
        """The titles of the buttons of a kind: choice, facet, related or service."""
        return self.messages.locator(f'[data-testid="wz-button"][data-kind="{kind}"]').all_inner_texts()


class ChatPage:
    """One page with the widget in it. Playwright looks into the open shadow root by itself."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.input = page.get_by_test_id("wz-input")
        self.log = page.get_by_test_id("wz-log")
        self.messages = page.get_by_test_id("wz-message")
        self.status = page.get_by_test_id("wz-status")
        self.chips = page.get_by_test_id("wz-chip")

    def open(self, address: str = "/") -> ChatPage:
        """Go to a page and wait for the greeting."""
        self.page.goto(address)
        expect(self.messages.first).to_be_visible()
        return self

    def said_by(self, role: str) -> Locator:
        """The messages of citizen, bot or staff."""
        return self.page.locator(f'[data-testid="wz-message"][data-role="{role}"]')

    def write(self, text: str) -> None:
        """Type a message and send it with the Enter key; does not wait for anything."""
        self.input.fill(text)
        self.input.press("Enter")

    def ask(self, text: str) -> Replies:
        """Say something and read what comes back."""
        before = self.said_by("citizen").count()
        self.write(text)
        return self._replies(before + 1)

    def press(self, title: str, kind: str = "choice") -> Replies:
        """Press the newest button with exactly this title."""
        before = self.said_by("citizen").count()
        buttons = self.page.locator(f'[data-testid="wz-button"][data-kind="{kind}"]')
        buttons.filter(has_text=re.compile(f"^{re.escape(title)}$")).last.click()
        return self._replies(before + 1)

    def press_chip(self, title: str) -> Replies:
        """Press one of the questions to begin with."""
        before = self.said_by("citizen").count()
        self.chips.get_by_text(title, exact=True).click()
        return self._replies(before + 1)

    def transcript(self) -> list[tuple[str, str]]:
        """Role and words of every message on the screen."""
        messages = self.messages.all()
        return [(message.get_attribute("data-role") or "", _words(message)) for message in messages]

    def scroll_to(self, element: Locator) -> None:
        """Bring something into the middle of the log."""
        element.evaluate("node => node.scrollIntoView({block: 'center'})")

    def _replies(self, own_messages: int) -> Replies:
        expect(self.said_by("citizen")).to_have_count(own_messages)
        newest = self.said_by("citizen").last
        expect(newest).to_have_attribute("data-state", "sent", timeout=TURN_MILLISECONDS)
        expect(self.messages.last).to_have_attribute("data-role", "bot", timeout=TURN_MILLISECONDS)
        expect(self.page.get_by_test_id("wz-typing")).to_be_hidden(timeout=TURN_MILLISECONDS)
        after = int(newest.get_attribute("data-seq") or 0)
        places = [int(message.get_attribute("data-seq") or 0) for message in self.said_by("bot").all()]
        wanted = ",".join(f'[data-testid="wz-message"][data-seq="{place}"]' for place in places if place > after)
        found = self.page.locator(wanted)
        return Replies(found, "\n".join(_words(message) for message in found.all()))


def _words(message: Locator) -> str:
    return message.locator(".body").inner_text()
