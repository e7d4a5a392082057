"""What stands before every request to the public port: sizes, known hosts, other origins, headers of answers."""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.limits_middleware import BodyLimit
from bot.settings import Settings
from channels.errors import ChannelError
from channels.knowledge_api import app as knowledge_api
from channels.web import problems

MAX_BODY = 64 * 1024
# An entry with its phrasings, or a thousand golden questions.
MAX_ENTRY = 1024 * 1024
LIMITED = ("/api/chat", "/wechat")
# What pages of other sites load: the widget's script, its modules, and what it talks to. Nothing else is for them.
FOR_OTHER_SITES = ("/api/chat/", "/static/", "/widget.js")
# Probes come by the address of a container, not by a name.
PROBES = ("/healthz", "/readyz", "/metrics")
LOOPBACK = ("localhost", "127.0.0.1", "::1", "[::1]")
DEFAULTS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"x-frame-options", b"SAMEORIGIN"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
NEVER_STORED = (b"cache-control", b"no-store")
BUSY_SECONDS = 5


class WidgetCors(CORSMiddleware):
    """Answers for other origins, but for the widget alone."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Leave every other address as it is: no browser lets another site read it."""
        if scope["type"] == "http" and scope["path"].startswith(FOR_OTHER_SITES):
            await super().__call__(scope, receive, send)
        else:
            await self.app(scope, receive, send)


class KnownHosts(TrustedHostMiddleware):
    """Refuses requests for a host that is not ours; probes excepted."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request for us through."""
        if scope["type"] == "http" and scope["path"] in PROBES:
            await self.app(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


class AnswerHeaders:
    """Gives every answer the headers it does not have itself: no guessing of types, no referrer, no strange frames."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add while the answer begins."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        wanted = (*DEFAULTS, NEVER_STORED) if scope["path"].startswith("/api/") else DEFAULTS

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = list(message.get("headers", ()))
                names = {name for name, _ in given}
                message["headers"] = given + [one for one in wanted if one[0] not in names]
            await send(message)

        await self._app(scope, receive, with_headers)


def known_hosts(settings: Settings) -> list[str]:
    """The names this installation answers to; any while it does not know its public address.

    >>> known_hosts(Settings(public_url="https://wz.example.gov.cn", allowed_hosts=["wx.example.gov.cn"]))[:2]
    ['wz.example.gov.cn', 'wx.example.gov.cn']
    """
    public = urlsplit(settings.public_url).hostname
    return [public, *settings.allowed_hosts, *LOOPBACK] if public else ["*"]


async def too_many_connections(scope: Scope, receive: Receive, send: Send) -> None:
    """The answer to whoever comes while there are too many connections already."""
    refusal = ChannelError("too_many_connections", retry_after=BUSY_SECONDS)
    response = problems.problem(Request(scope), refusal, {"Connection": "close"})
    await response(scope, receive, send)


def install(app: FastAPI, settings: Settings, largest_file: int) -> None:
    """Add all of it; ``largest_file``: bytes of an import."""
    app.add_middleware(BodyLimit, limit=MAX_BODY, prefixes=LIMITED)
    app.add_middleware(BodyLimit, limit=MAX_ENTRY, prefixes=(knowledge_api.MOUNT,), exempt=knowledge_api.UPLOADS)
    app.add_middleware(BodyLimit, limit=largest_file + MAX_BODY, prefixes=knowledge_api.UPLOADS)
    app.add_middleware(
        WidgetCors,
        allow_origins=settings.widget_origins,
        allow_methods=["GET", "POST"],
        allow_headers=["Authorization", "Content-Type", "Accept-Language"],
        expose_headers=["Retry-After"],
    )
    app.add_middleware(KnownHosts, allowed_hosts=known_hosts(settings), www_redirect=False)
    app.add_middleware(AnswerHeaders)
