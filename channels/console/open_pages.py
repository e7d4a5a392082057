"""Pages that stand open in browsers: those whose session somebody ended are sent to the sign-in page and let go of.

A deed looks up who is signed in when it is done, so an open page of an ended session can do nothing. It would still show
what it shows. A session that has only run out of time keeps its page, so that what was typed there is not lost.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass

from nicegui import Client, ui

from channels.console.addresses import login_address
from channels.console.markup import run_script

logger = logging.getLogger(__name__)
# Two looks in a row: whoever signs in anew ends the session before, a moment before their browser shows a page.
LOOKED_SECONDS = 10.0
AWAY = "window.wzUnsaved = false; window.location.replace($target)"


@dataclass(frozen=True)
class _Page:
    client: Client
    token: Callable[[], str]
    browser: str


class OpenPages:
    """Knows the open pages of this process. ``ended`` says whether somebody ended the session with a token."""

    def __init__(self, ended: Callable[[str], bool]) -> None:
        self._ended = ended
        self._pages: dict[str, _Page] = {}
        self._suspected: set[str] = set()

    def add(self, client: Client, token: Callable[[], str], browser: str = "") -> None:
        """A page was drawn; ``token`` gives the present token of its ``browser``, empty where it is not known any more."""
        self._pages[client.id] = _Page(client, token, browser)
        client.on_delete(lambda: self._pages.pop(client.id, None))

    @property
    def browsers(self) -> set[str]:
        """Those that have a page open."""
        return {page.browser for page in self._pages.values()}

    def __len__(self) -> int:
        return len(self._pages)

    async def watch(self) -> None:
        """Look again and again, until the app stops."""
        while True:
            await asyncio.sleep(LOOKED_SECONDS)
            try:
                await self.look()
            except Exception:
                logger.exception("open pages could not be looked through")

    async def look(self) -> None:
        """Send away the pages whose session was ended already the last time, and still is."""
        pages = list(self._pages.values())
        tokens = {page.token() for page in pages} - {""}
        ended = await asyncio.to_thread(lambda: {token for token in tokens if self._ended(token)})
        for page in pages:
            if page.token() in ended & self._suspected:
                self._send_away(page)
        self._suspected = ended

    def _send_away(self, page: _Page) -> None:
        self._pages.pop(page.client.id, None)
        with page.client:
            run_script(AWAY, target=login_address(why="ended"))
            # Its elements and its socket's messages go with it; the browser is told first.
            ui.timer(1, page.client.delete, once=True)
