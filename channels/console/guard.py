"""Stands before every page: who is not signed in goes to the sign-in page, who owes a password or a second factor to
their account's page; nobody may frame or cache what is shown.
"""

from __future__ import annotations

from urllib.parse import unquote

from anyio import to_thread
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.security.accounts import AccountService
from channels.console.addresses import LOGIN, LOGIN_CODE, MOUNT, MY_ACCOUNT, SESSION_COOKIE, login_address
from channels.console.cookies import Cookies
from channels.console.page_policy import NOTHING
from channels.console.sign_in import ELSEWHERE, same_origin

ASSETS = "/_nicegui"
SOCKET = "/_nicegui_ws/"
READS = {"GET", "HEAD", "OPTIONS"}


class SignedInOnly:
    """ASGI middleware of the console; leaves the principal and the token in ``request.state``."""

    def __init__(self, app: ASGIApp, accounts: AccountService, *, secure: bool = False) -> None:
        self._app = app
        self._accounts = accounts
        self._cookies = Cookies(secure=secure)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it with a redirect."""
        path = scope["path"].removeprefix(scope.get("root_path", "")) if scope["type"] == "http" else ASSETS
        reads = scope["type"] != "http" or scope["method"] in READS
        if not reads and not same_origin(HTTPConnection(scope)):
            await PlainTextResponse(ELSEWHERE, status_code=403)(scope, receive, _private(send))
            return
        # What reads is assets; what writes is an upload, but for the socket's own messages, which carry no deed by
        # themselves: each deed looks up who is signed in.
        if path.startswith(ASSETS) and (reads or path.startswith(SOCKET)):
            await self._app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        token = self._cookies.get(connection, SESSION_COOKIE)
        principal = await to_thread.run_sync(self._accounts.session_account, token) if token else None
        if principal is None and path not in {LOGIN, LOGIN_CODE}:
            wanted = connection.url.path + (f"?{connection.url.query}" if connection.url.query else "")
            why = {"why": "expired"} if token else {}
            redirect = RedirectResponse(login_address(unquote(wanted), **why), status_code=303)
            await redirect(scope, receive, _private(send))
            return
        if principal is not None and principal.owes and path != MY_ACCOUNT:
            await RedirectResponse(MOUNT + MY_ACCOUNT, status_code=303)(scope, receive, _private(send))
            return
        state = scope.setdefault("state", {})
        state["principal"], state["token"] = principal, token
        await self._app(scope, receive, _private(send))


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
