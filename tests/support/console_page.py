"""The console as staff use it in a browser."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

SLOW_MILLISECONDS = 15_000


class ConsolePage:
    """One signed-in member of staff."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def open(self, address: str = "/") -> ConsolePage:
        """Go to a page of the console; ``address`` is relative to /console."""
        self.page.goto(f"/console{address}")
        return self

    def sign_in(self, name: str, password: str) -> None:
        """Fill in the sign-in form that is on the screen."""
        self.page.get_by_label("用户名").fill(name)
        self.page.locator("input[name=password]").fill(password)
        self.page.get_by_role("button", name="登录", exact=True).click()
        expect(self.page.get_by_role("button", name="我的账号")).to_be_visible(timeout=SLOW_MILLISECONDS)

    def fill(self, label: str, text: str) -> None:
        """Write into a field and wait until the server has the words: fields are debounced by 300 ms."""
        field = self.page.get_by_label(label, exact=True)
        field.fill(text)
        field.press("Tab")
        self.page.wait_for_timeout(500)

    def choose(self, label: str, option: str) -> None:
        """Take an option of a select."""
        self.page.get_by_role("combobox", name=label).click()
        self.page.get_by_role("option", name=option, exact=True).click()

    def press(self, name: str) -> None:
        """Press the button of the page."""
        self.page.get_by_role("button", name=name, exact=True).click()

    @property
    def dialog(self) -> Locator:
        """The open dialog."""
        return self.page.get_by_role("dialog")

    def told(self, words: str) -> None:
        """Wait until the page says this in a notification."""
        notice = self.page.locator(".q-notification").filter(has_text=words)
        expect(notice.first).to_be_visible(timeout=SLOW_MILLISECONDS)
