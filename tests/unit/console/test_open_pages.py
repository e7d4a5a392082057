"""Open pages whose session somebody ended are sent away; those whose time is only over keep what was typed."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from console_room import ConsoleRoom

from channels.console import open_pages, site
from channels.console.desk import ConsoleDesk
from channels.console.open_pages import OpenPages


class Client:
    def __init__(self, id_: str) -> None:
        self.id = id_
        self.deleted: list[Callable[[], object]] = []

    def on_delete(self, handler: Callable[[], object]) -> None:
        self.deleted.append(handler)

    def delete(self) -> None:
        for handler in self.deleted:
            handler()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        pass


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    found: list[str] = []
    monkeypatch.setattr(open_pages, "run_script", lambda _script, target: found.append(target))
    monkeypatch.setattr(open_pages.ui, "timer", lambda _seconds, deed, once: deed())
    return found


def page(pages: OpenPages, id_: str, token: Callable[[], str]) -> Client:
    client: Any = Client(id_)
    pages.add(client, token)
    return client  # type: ignore[no-any-return]


async def test_a_page_of_an_ended_session_goes_after_the_second_look(sent: list[str]) -> None:
    pages = OpenPages({"ended"}.__contains__)
    page(pages, "a", lambda: "ended")
    page(pages, "b", lambda: "open")
    await pages.look()
    assert (sent, len(pages)) == ([], 2)
    await pages.look()
    assert (sent, len(pages)) == (["/console/login?why=ended"], 1)
    await pages.look()
    assert len(sent) == 1


async def test_who_signs_in_anew_in_between_keeps_their_pages(sent: list[str]) -> None:
    tokens = {"browser": "before"}
    pages = OpenPages({"before"}.__contains__)
    page(pages, "a", lambda: tokens["browser"])
    await pages.look()
    tokens["browser"] = "after"
    await pages.look()
    await pages.look()
    assert (sent, len(pages)) == ([], 1)


async def test_a_page_that_was_closed_is_forgotten(sent: list[str]) -> None:
    pages = OpenPages({"ended"}.__contains__)
    page(pages, "a", lambda: "ended").delete()
    assert len(pages) == 0
    await pages.look()
    await pages.look()
    assert sent == []


async def test_a_page_whose_browser_is_not_known_any_more_is_not_taken_for_ended(sent: list[str]) -> None:
    pages = OpenPages(lambda token: token != "open")
    page(pages, "a", str)
    await pages.look()
    await pages.look()
    assert (sent, len(pages)) == ([], 1)


def test_browsers_that_come_and_go_push_out_none_that_has_a_page_open(
    room: ConsoleRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site, "MAX_BROWSERS", 5)
    lina = room.accounts.create("lina", "correct horse battery", roles=["curator"])
    token = room.accounts.open_session(lina)
    pages = site.Site(room.services)

    def visit(browser: str) -> tuple[Any, ConsoleDesk]:
        client = Client(browser)
        monkeypatch.setattr(site.ui, "context", SimpleNamespace(client=client))
        request: Any = SimpleNamespace(session={"id": browser}, state=SimpleNamespace(principal=lina, token=token))
        return client, pages._desk(request)

    _, desk = visit("stays open")
    for number in range(20):
        visit(f"browser {number}")[0].delete()
    assert len(pages._tokens) == 5
    assert desk.accounts.own().username == "lina"
