"""A page of the console drawn without a browser, and the words that stand on it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from unittest.mock import patch

from nicegui import Client, ui

from channels.console.desk import ConsoleDesk
from channels.console.site import Site

Build = Callable[[ConsoleDesk], Awaitable[None]]


class DeskSite:
    """Builds every page for one desk, without the frame around it."""

    def __init__(self, desk: ConsoleDesk) -> None:
        self._desk = desk

    async def show(self, _request: object, _title: str, build: Build) -> None:
        await build(self._desk)


async def words_of_page(register: Callable[[Site], None], desk: ConsoleDesk, **given: str) -> list[str]:
    """The words of the one page that ``register`` adds, in order; ``given``: what its address holds."""
    pages: list[Callable[..., Awaitable[None]]] = []
    site: Any = DeskSite(desk)
    with patch.object(ui, "page", lambda _address: pages.append):
        register(site)
    [page] = pages
    return await words_of(lambda: page(None, **given))


async def words_of(draw: Callable[[], Awaitable[None] | None]) -> list[str]:
    """The words that are drawn, in the order of the page."""
    with patch.object(ui, "run_javascript"), Client(ui.page("/drawn")) as client:
        drawing = draw()
        if drawing is not None:
            await drawing
    found = [element.text for element in client.layout.descendants() if isinstance(element, ui.label)]
    client.delete()
    return found
