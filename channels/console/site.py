"""Opening a page: whose desk it is, the frame around it, and what is shown when it cannot be drawn."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from functools import partial

from nicegui import ui
from starlette.requests import Request

from actions.tickets.errors import TicketError
from bot.database import DATABASE_REFUSALS, refusal_of
from bot.security.errors import SecurityError
from bot.security.roles import Principal
from channels.console.danger_bell import AlertWatch
from channels.console.desk import ConsoleDesk
from channels.console.open_pages import OpenPages
from channels.console.services import ConsoleServices
from channels.console.shell import draw_shell
from channels.console.widgets import error_state
from knowledge_base.lifecycle import KnowledgeError

logger = logging.getLogger(__name__)
EXPECTED_ERRORS = (KnowledgeError, TicketError, SecurityError)
UNEXPECTED = "系统出了点问题，已经记录下来。请稍后再试。"
BUSY = "系统暂时连不上数据库。请过几秒再试。"
MAX_BROWSERS = 5000
BuildPage = Callable[[ConsoleDesk], Awaitable[None]]


class Site:
    """All pages of one console.

    A page that stays open while its session ends works again once the same person signs in from the same browser,
    so that what was typed is not lost: ``_tokens`` keeps the last token of each browser.
    """

    def __init__(self, services: ConsoleServices) -> None:
        self.services = services
        self._tokens: dict[str, str] = {}
        self.open_pages = OpenPages(services.accounts.session_ended)
        self.alert_watch = AlertWatch(services.transcripts.alerts.waiting)

    async def show(self, request: Request, title: str, build: BuildPage) -> None:
        """Draw the frame and ``build`` the page inside it; an error becomes a page that says what to do."""
        desk = self._desk(request)
        with draw_shell(desk.principal, self.services.city_name, title, request.url.path, self.alert_watch):
            try:
                await build(desk)
            except EXPECTED_ERRORS as error:
                error_state(str(error))
            except DATABASE_REFUSALS as error:
                logger.warning("the database refused a console page: %s", refusal_of(error))
                ui.context.client.status_code = 503
                error_state(BUSY, retry=True)
            except Exception:
                logger.exception("a console page failed: %s", request.url.path)
                error_state(UNEXPECTED, retry=True)

    def _desk(self, request: Request) -> ConsoleDesk:
        principal: Principal = request.state.principal
        browser: str = request.session["id"]
        self._tokens.pop(browser, None)
        self._tokens[browser] = request.state.token

        def token() -> str:
            return self._tokens.get(browser, "")

        self.open_pages.add(ui.context.client, token, browser)
        self._forget_browsers()
        return ConsoleDesk(principal, self.services, partial(self._signed_in, browser), token)

    def _forget_browsers(self) -> None:
        """Keep the newest browsers, and those that have a page open: without its token a page could do nothing more."""
        if len(self._tokens) <= MAX_BROWSERS:
            return
        in_use = self.open_pages.browsers
        closed = [browser for browser in self._tokens if browser not in in_use]
        for browser in closed[: len(self._tokens) - MAX_BROWSERS]:
            del self._tokens[browser]

    def _signed_in(self, browser: str) -> Principal | None:
        return self.services.accounts.session_account(self._tokens.get(browser, ""))


async def not_found(_desk: ConsoleDesk) -> None:
    """What a page says that does not exist."""
    error_state("没有这个页面，可能是地址写错了，或者内容已经删除。")
    ui.link("回到首页", "/").classes("wz-link")
