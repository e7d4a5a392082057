"""Stands before every page: who is not signed in goes to the sign-in page, who owes a password or a second factor to
their account's page; nobody may frame or cache what is shown.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from anyio import to_thread
from nicegui import Client
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.database import DATABASE_REFUSALS
from bot.security.accounts import AccountService
from bot.security.roles import Principal
from channels.console.addresses import MOUNT, MY_ACCOUNT, SESSION_COOKIE, login_address
from channels.console.cookies import Cookies
from channels.console.page_policy import NOTHING
from channels.console.plain_pages import busy
from channels.console.sign_in import ELSEWHERE, same_origin

NICEGUI = "/_nicegui"
# NiceGUI's own files: the same for everybody, and nothing to look up. For any other address below it would build a page.
ASSETS = re.compile(r"/_nicegui/[0-9.]+/(static|libraries|components|resources|dynamic_resources|esm)/.")
SOCKET = "/_nicegui_ws/"
READS = {"GET", "HEAD", "OPTIONS"}


class SignedInOnly:
    """ASGI middleware of the console; leaves the principal and the token in ``request.state``."""

    def __init__(self, app: ASGIApp, accounts: AccountService, *, secure: bool = False) -> None:
        self._app = app
        self._accounts = accounts
        self._cookies = Cookies(secure=secure)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        reads = scope["type"] != "http" or scope["method"] in READS
        connection = HTTPConnection(scope)
        answer: Response | None
        if not reads and not same_origin(connection):
            answer = PlainTextResponse(ELSEWHERE, status_code=403)
        elif path.startswith(SOCKET):
            answer = await self._socket(connection)
        elif path.startswith(NICEGUI) and reads:
            answer = None if ASSETS.match(path) else PlainTextResponse("Not Found", status_code=404)
        else:
            answer = await self._page(connection, path)
            send = _private(send)
        if answer is None:
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await answer(scope, receive, _private(send))

    async def _page(self, connection: HTTPConnection, path: str) -> Response | None:
        """The answer in the place of a page; None, with the principal in the state, for who may see it."""
        try:
            principal, token = await self._principal(connection)
        except DATABASE_REFUSALS as error:
            return busy(connection, error)
        if principal is None:
            wanted = connection.url.path + (f"?{connection.url.query}" if connection.url.query else "")
            why = {"why": "expired"} if token else {}
            return RedirectResponse(login_address(unquote(wanted), **why), status_code=303)
        if principal.owes and path != MY_ACCOUNT:
            return RedirectResponse(MOUNT + MY_ACCOUNT, status_code=303)
        state = connection.scope.setdefault("state", {})
        state["principal"], state["token"] = principal, token
        return None

    async def _socket(self, connection: HTTPConnection) -> Response | None:
        """Who has a page open may speak, also when the session has ended meanwhile: each deed looks up who is signed in.

        A stranger has none, and each connection would be kept for minutes.
        """
        if connection.query_params.get("client_id", "") in Client.instances:
            return None
        try:
            principal, _ = await self._principal(connection)
        except DATABASE_REFUSALS as error:
            return busy(connection, error)
        return None if principal is not None else PlainTextResponse("Forbidden", status_code=403)

    async def _principal(self, connection: HTTPConnection) -> tuple[Principal | None, str]:
        token = self._cookies.get(connection, SESSION_COOKIE)
        return (await to_thread.run_sync(self._accounts.session_account, token) if token else None), token


def _private(send: Send) -> Send:
    async def with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers["Cache-Control"] = "no-store"
            # A page has brought its own.
            headers.setdefault("Content-Security-Policy", NOTHING)
            headers["X-Frame-Options"] = "DENY"
            headers["X-Content-Type-Options"] = "nosniff"
            headers["Referrer-Policy"] = "same-origin"
        await send(message)

    return with_headers
