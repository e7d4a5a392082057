"""Connections that are slow on purpose, or too many, are closed before others wait for them.

uvicorn waits without end for a header or a body that comes byte by byte, and reads a header of any size. Here a header
has a size and a time, a body a pace, a reader who takes nothing a time, and there are only so many connections.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from bot.one_write import OneWriteProtocol

# Orchestrators ask here whether the process lives: killing it for being full would help nobody.
ALWAYS_SERVED = frozenset({"/healthz"})
# Beyond this share of the limit connections are closed without a word.
HARD_SHARE = 1.25
REASONS = {408: b"Request Timeout", 431: b"Request Header Fields Too Large"}


@dataclass(frozen=True)
class ConnectionLimits:
    """What one connection may take, in seconds and bytes, and how many there may be."""

    header_seconds: float = 10.0
    header_bytes: int = 32 * 1024
    # A body must bring so much in each stretch of so many seconds.
    body_seconds: float = 10.0
    body_bytes: int = 5_000
    # So long may a reader leave what waits for it.
    reading_seconds: float = 60.0
    connections: int = 2_000


class _Timer:
    """One call in the future, replaced whenever it is set again."""

    def __init__(self) -> None:
        self._handle: asyncio.TimerHandle | None = None

    def set(self, seconds: float, call: Callable[[], None]) -> None:
        self.stop()
        self._handle = asyncio.get_running_loop().call_later(seconds, call)

    def stop(self) -> None:
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None

    def __bool__(self) -> bool:
        return self._handle is not None


class GuardedProtocol(OneWriteProtocol):
    """A connection with limits; ``limited_protocol`` fills in which ones.

    A connection is in one of two states: a header is awaited (``_head`` runs once anything may be expected), or a body
    is (``_in_body``, ``_pace`` runs). Between requests uvicorn's own keep-alive time-out runs.
    """

    limits: ClassVar[ConnectionLimits] = ConnectionLimits()
    busy: ClassVar[Any] = None  # an ASGI application, held as a static method

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._head, self._pace, self._stalled = _Timer(), _Timer(), _Timer()
        self._in_body = False
        self._head_bytes = 0
        self._body_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take the connection, unless there are far too many; the first header's time begins."""
        super().connection_made(transport)
        if len(self.connections) > self.limits.connections * HARD_SHARE:
            transport.abort()
            return
        self._head.set(self.limits.header_seconds, self._give_up)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop every clock."""
        self._stop()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on; whatever is no body belongs to a header, and a header has its time from its first byte on."""
        if not self._in_body and not self._head:
            self._head_bytes = 0
            self._head.set(self.limits.header_seconds, self._give_up)
        before = self._in_body
        super().data_received(data)
        if not self._in_body and not before and self._head:
            self._head_bytes += len(data)
            if self._head_bytes > self.limits.header_bytes:
                self._refuse(431)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header's line. Those after a chunked body (trailers) nobody asked for."""
        if not self._in_body:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """The header is there: from now on a body must come."""
        self._head.stop()
        self._in_body, self._body_bytes = True, 0
        self._pace.set(self.limits.body_seconds, self._look_at_pace)
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Count what came."""
        self._body_bytes += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The request is whole."""
        self._in_body = False
        self._pace.stop()
        super().on_message_complete()

    def handle_websocket_upgrade(self) -> None:
        """The websocket has its own clocks, and its own pings."""
        self._stop()
        super().handle_websocket_upgrade()

    def pause_writing(self) -> None:
        """The other side takes nothing."""
        super().pause_writing()
        self._stalled.set(self.limits.reading_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        """It takes again."""
        self._stalled.stop()
        super().resume_writing()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        size = len(self.url) + sum(len(name) + len(value) for name, value in cycle.scope["headers"])
        if size > self.limits.header_bytes:
            super()._start_asgi_task(cycle, _header_too_large)
            return
        full = len(self.connections) > self.limits.connections and cycle.scope["path"] not in ALWAYS_SERVED
        super()._start_asgi_task(cycle, self.busy if full and self.busy else app)

    def _look_at_pace(self) -> None:
        # What we do not read, or did not ask for, cannot come.
        ours = self.flow.read_paused or (self.cycle is not None and self.cycle.waiting_for_100_continue)
        if self._body_bytes < self.limits.body_bytes and not ours:
            self._give_up()
            return
        self._body_bytes = 0
        self._pace.set(self.limits.body_seconds, self._look_at_pace)

    def _give_up(self) -> None:
        self._refuse(408)

    def _refuse(self, status: int) -> None:
        """Close, with a status line where nothing else is being answered."""
        self._stop()
        if self.transport.is_closing():
            return
        cycle = self.cycle
        unanswered = self._in_body and not cycle.response_started
        if cycle is not None and not cycle.response_complete and not unanswered:
            self.transport.abort()
            return
        line = b"HTTP/1.1 %d %s\r\nconnection: close\r\ncontent-length: 0\r\n\r\n" % (status, REASONS[status])
        self.transport.write(line)
        self.transport.close()

    def _stop(self) -> None:
        for timer in (self._head, self._pace, self._stalled):
            timer.stop()


async def _header_too_large(_scope: Any, _receive: Any, send: Any) -> None:
    headers = [(b"connection", b"close"), (b"content-length", b"0")]
    await send({"type": "http.response.start", "status": 431, "headers": headers})
    await send({"type": "http.response.body"})


def limited_protocol(limits: ConnectionLimits, busy: ASGIApp) -> type[GuardedProtocol]:
    """The protocol with these limits; ``busy`` answers when there are too many connections."""
    return type("LimitedProtocol", (GuardedProtocol,), {"limits": limits, "busy": staticmethod(busy)})
