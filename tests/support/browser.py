"""A real Chromium for the end-to-end tests: started, watched for errors, photographed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Dialog, Page, sync_playwright
from prerequisites import missing

from bot.settings import ROOT

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
WIDE = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
SMALL_PHONE = {"width": 320, "height": 640}

NewContext = Callable[..., BrowserContext]
"""Makes a browser profile of its own; takes Playwright's options of a context."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """The installed Chromium, without a window."""
    if not CHROMIUM.is_file():
        missing(f"{CHROMIUM} is missing (Debian: apt-get install chromium fonts-noto-cjk)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@dataclass
class BrowserErrors:
    """What the browser complained about: errors in its console, exceptions, dialogs, requests to other hosts."""

    base_url: str
    found: list[str] = field(default_factory=list)
    expected: tuple[str, ...] = ()

    def watch(self, page: Page) -> None:
        """Listen to a page from now on."""
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.found.append(f"exception: {error}"))
        page.on("dialog", self._asked)
        page.on("request", lambda request: self._requested(request.url))

    def check(self) -> None:
        """Fail when something was found that the test did not expect."""
        surprising = [error for error in self.found if not any(words in error for words in self.expected)]
        assert not surprising, surprising

    def _said(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.found.append(f"{message.text} ({message.location.get('url', '')})")

    def _asked(self, dialog: Dialog) -> None:
        self.found.append(f"dialog: {dialog.type} {dialog.message}")
        dialog.accept()

    def _requested(self, url: str) -> None:
        if url.startswith("http") and not url.startswith(self.base_url):
            self.found.append(f"request to another host: {url}")


def photograph(page: Page, name: str) -> None:
    """Keep what is on the screen as ``NAME-WIDTH.png`` in ``$ARTEFACTS``."""
    folder = ROOT / os.environ.get("ARTEFACTS", "artefacts")
    folder.mkdir(parents=True, exist_ok=True)
    page.evaluate("scrollTo(0, 0)")  # where a press on something out of sight may have moved the page
    width = page.evaluate("innerWidth")
    page.screenshot(path=folder / f"{name}-{width}.png", animations="disabled")


def scrolls_sideways(page: Page) -> bool:
    """Whether the page is wider than its window."""
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))
