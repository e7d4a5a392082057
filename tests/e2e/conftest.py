from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from assistant import RunningAssistant, running_assistant
from browser import PHONE, WIDE, BrowserErrors, NewContext, chromium
from chat_page import ChatPage
from console_page import ConsolePage
from playwright.sync_api import Browser, BrowserContext
from prerequisites import require_models

PASSWORD = "梧桐街-crane-2026"
STAFF = {"zhangmin": "curator", "liqiang": "manager", "chenjing": "handler"}


@pytest.fixture(scope="session")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningAssistant]:
    """One assistant for all stories, with an account for each role."""
    require_models()
    with running_assistant(tmp_path_factory.mktemp("assistant")) as running:
        running.environment["WENZHENG_NEW_PASSWORD"] = PASSWORD
        for name, role in STAFF.items():
            department = ["--department", "city_management"] if role in {"handler", "agent"} else []
            running.wenzheng("account", "add", name, "--role", role, "--display-name", name, *department)
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def errors(assistant: RunningAssistant) -> Iterator[BrowserErrors]:
    """Errors of every page of the test; unexpected ones fail it."""
    errors = BrowserErrors(assistant.base_url)
    yield errors
    errors.check()


@pytest.fixture
def new_context(assistant: RunningAssistant, browser: Browser, errors: BrowserErrors) -> Iterator[NewContext]:
    """Makes browser profiles of their own: nobody shares cookies or storage with anybody."""
    contexts: list[BrowserContext] = []

    def make(**options: object) -> BrowserContext:
        settings = {"base_url": assistant.base_url, "locale": "zh-CN", "timezone_id": "Asia/Shanghai", "viewport": WIDE}
        context = browser.new_context(**(settings | options))
        context.set_default_timeout(15_000)
        context.on("page", errors.watch)
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def chat(new_context: NewContext) -> ChatPage:
    """A new citizen at the chat, on a wide screen."""
    return ChatPage(new_context().new_page()).open()


@pytest.fixture(params=[WIDE, PHONE], ids=["1280", "390"])
def any_chat(request: pytest.FixtureRequest, new_context: NewContext) -> ChatPage:
    """A new citizen at the chat, once on a wide screen and once on a telephone."""
    return ChatPage(new_context(viewport=request.param).new_page()).open()


@pytest.fixture
def sign_in(new_context: NewContext) -> Callable[..., ConsolePage]:
    """Signs a member of staff in, in a browser of their own."""

    def signed_in(name: str, **options: object) -> ConsolePage:
        console = ConsolePage(new_context(**options).new_page()).open()
        console.sign_in(name, PASSWORD)
        return console

    return signed_in
