"""What a page of the console may load and run: its own files, and the inline scripts that the server wrote into it.

Each answer has a nonce of its own, so neither a handler in an attribute nor a script in a text runs, wherever it came
from. NiceGUI needs ``'unsafe-eval'``: Vue compiles templates in the browser, and what the server asks the page to do
arrives as text over the socket. Styles stay inline, for elements carry their own.
"""

from __future__ import annotations

import re
import secrets

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

REST = (
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; frame-src 'none'; "
    "worker-src 'none'; manifest-src 'none'; media-src 'none'"
)
# For answers that are no pages: redirects, files.
NOTHING = f"default-src 'none'; {REST}"
PAGE = (
    "default-src 'self'; script-src 'self' 'nonce-{nonce}' 'unsafe-eval'; script-src-attr 'none'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; " + REST
)
# Every one of them is NiceGUI's or ours: stored texts stand in the page as JSON whose < is escaped.
SCRIPT = re.compile(rb"<script(?=[\s>])")


class PagePolicy:
    """ASGI middleware inside of compression: reads each page whole, which is some tens of kilobytes."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass an answer on with its policy."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        await self._app(scope, receive, _Answer(send))


class _Answer:
    """Keeps the head of an answer back until the page is whole."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._head: Message | None = None
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            if Headers(raw=message["headers"]).get("content-type", "").startswith("text/html"):
                self._head = message
                return
        elif self._head is not None:
            self._body += message.get("body", b"")
            if not message.get("more_body", False):
                await self._send_page(self._head)
            return
        await self._send(message)

    async def _send_page(self, head: Message) -> None:
        nonce = secrets.token_urlsafe(16)
        page = SCRIPT.sub(b'<script nonce="' + nonce.encode() + b'"', self._body)
        headers = MutableHeaders(raw=head["headers"])
        headers["Content-Security-Policy"] = PAGE.format(nonce=nonce)
        headers["Content-Length"] = str(len(page))
        await self._send({**head, "headers": headers.raw})
        await self._send({"type": "http.response.body", "body": page})
