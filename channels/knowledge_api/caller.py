"""Whose token a request carries: checked before anything of its body is read."""

from __future__ import annotations

from typing import Annotated

from anyio import to_thread
from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.security.accounts import AccountService
from bot.security.errors import TokenRefused
from bot.security.roles import Principal
from channels.console.desk import ConsoleDesk
from channels.knowledge_api.problems import ApiProblem, response
from channels.rate_limit import address_of

OPEN = ("/openapi.json", "/problems")
BEARER = HTTPBearer(
    auto_error=False,
    bearerFormat="wz_…",
    description="Made under 我的账号 in the console; acts with its account's roles.",
)


class TokenOnly:
    """ASGI middleware: every request but for the documentation carries a token. Cookies count for nothing here."""

    def __init__(self, app: ASGIApp, accounts: AccountService) -> None:
        self._app = app
        self._accounts = accounts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through with its caller in ``request.state``, or refuse it."""
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        if scope["type"] != "http" or path.startswith(OPEN):
            await self._app(scope, receive, send)
            return
        try:
            principal = await to_thread.run_sync(self._caller, Request(scope))
        except Exception as error:
            await response(error)(scope, receive, _private(send))
            return
        scope.setdefault("state", {})["principal"] = principal
        await self._app(scope, receive, _private(send))

    def _caller(self, request: Request) -> Principal:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise TokenRefused
        return self._accounts.tokens.principal(token.strip(), address=address_of(request))


def _desk(request: Request, _token: Annotated[HTTPAuthorizationCredentials | None, Security(BEARER)]) -> ConsoleDesk:
    return ConsoleDesk(request.state.principal, request.app.state.services)


Desk = Annotated[ConsoleDesk, Depends(_desk)]
"""The desk of who made the request: the same one as behind the console's pages."""


def json_only(request: Request) -> None:
    """Raise ApiProblem where a body is not JSON; no body is fine."""
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if _has_body(request) and kind != "application/json":
        raise ApiProblem("media-type")


def form_only(request: Request) -> None:
    """Raise ApiProblem where a body is not a form with a file."""
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise ApiProblem("media-type")


def _has_body(request: Request) -> bool:
    return "transfer-encoding" in request.headers or request.headers.get("content-length", "0") != "0"


def _private(send: Send) -> Send:
    async def with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers["Cache-Control"] = "private, no-cache"
            headers["X-Content-Type-Options"] = "nosniff"
        await send(message)

    return with_headers
