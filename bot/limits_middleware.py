"""Refusing bodies that are too large before they are read whole."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from channels.errors import ChannelError


class BodyLimit:
    """ASGI middleware: a declared or received body over ``limit`` bytes under ``prefixes`` raises ``request_too_large``.

    ``exempt``: addresses that another limit is for.
    """

    def __init__(self, app: ASGIApp, limit: int, prefixes: tuple[str, ...], exempt: tuple[str, ...] = ()) -> None:
        self._app = app
        self._limit = limit
        self._prefixes = prefixes
        self._exempt = exempt

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count while receiving."""
        limited = scope["type"] == "http" and scope["path"].startswith(self._prefixes)
        if not limited or scope["path"] in self._exempt:
            await self._app(scope, receive, send)
            return
        taken = 0
        declared = dict(scope["headers"]).get(b"content-length", b"0")

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > self._limit:
                raise ChannelError("request_too_large")
            return message

        if declared.isdigit() and int(declared) > self._limit:
            taken = int(declared)
        await self._app(scope, counted, send)
