"""A real server on a free port and raw sockets: slow ones are closed, and do not keep anybody from being served."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from bot.connection_limits import ConnectionLimits, limited_protocol
from bot.public_doors import too_many_connections

SECONDS = 0.4
LIMITS = ConnectionLimits(
    header_seconds=SECONDS,
    header_bytes=8 * 1024,
    body_seconds=SECONDS,
    body_bytes=1000,
    reading_seconds=SECONDS,
    connections=80,
)
BIG = 32 * 1024 * 1024
Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Says how long the body was; ``/late`` answers only after a while, ``/big`` with more than any buffer holds."""
    if scope["type"] != "http":
        return
    size, more = 0, True
    while more and scope["path"] != "/unread":
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        size += len(message["body"])
        more = message["more_body"]
    if scope["path"] == "/late":
        await asyncio.sleep(3 * SECONDS)
    body = b"x" * BIG if scope["path"] == "/big" else b"%d" % size
    headers = [(b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


class Server:
    def __init__(self, limits: ConnectionLimits = LIMITS) -> None:
        protocol = limited_protocol(limits, too_many_connections)
        self.config = uvicorn.Config(application, port=0, log_config=None, http=protocol, timeout_keep_alive=2)
        self.uvicorn = uvicorn.Server(self.config)
        self.port = 0

    async def connect(self, first: bytes = b"") -> Stream:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(first)
        return reader, writer

    async def ask(self, request: bytes) -> bytes:
        """All that comes back until the connection is closed."""
        reader, writer = await self.connect(request)
        try:
            return await asyncio.wait_for(reader.read(), 10)
        finally:
            writer.close()


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with served(Server()) as server:
        yield server


@pytest.fixture
async def patient_server() -> AsyncIterator[Server]:
    """Counts connections as the other does, and closes none because it is slow: opening eighty takes its time."""
    async with served(Server(replace(LIMITS, header_seconds=30, reading_seconds=30))) as server:
        yield server


@contextlib.asynccontextmanager
async def served(server: Server) -> AsyncIterator[Server]:
    """While it runs."""
    running = asyncio.create_task(server.uvicorn._serve())
    for _ in range(1000):
        if server.uvicorn.started:
            break
        await asyncio.sleep(0.01)
    server.port = server.uvicorn.servers[0].sockets[0].getsockname()[1]
    yield server
    server.uvicorn.should_exit = True
    await asyncio.wait_for(running, 10)


def request(path: str = "/", *, close: bool = True, **headers: Any) -> bytes:
    lines = {"Host": "x", **({"Connection": "close"} if close else {}), **headers}
    return f"GET {path} HTTP/1.1\r\n".encode() + b"".join(f"{k}: {v}\r\n".encode() for k, v in lines.items()) + b"\r\n"


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


async def drip(stream: Stream, piece: bytes, every: float) -> None:
    with contextlib.suppress(OSError):
        for _ in range(200):
            stream[1].write(piece)
            await stream[1].drain()
            await asyncio.sleep(every)


@pytest.mark.parametrize(
    "piece", [b"X-a: b\r\n", b"\r\n", b"G", b""], ids=["headers", "empty lines", "method", "silence"]
)
async def test_fifty_slow_headers_keep_nobody_waiting_and_end_in_time(server: Server, piece: bytes) -> None:
    slow = [await server.connect(b"GET / HTTP/1.1\r\n" if piece[:1] == b"X" else piece) for _ in range(50)]
    drips = [asyncio.create_task(drip(one, piece, SECONDS / 4)) for one in slow]
    began = time.perf_counter()
    assert status(await server.ask(request())) == 200
    assert time.perf_counter() - began < 2
    ends = await asyncio.wait_for(
        asyncio.gather(*(one[0].read() for one in slow), return_exceptions=True), 15 * SECONDS
    )
    assert len(ends) == 50  # read() came to the end of every one
    for one in drips:
        one.cancel()
    for _, writer in slow:
        writer.close()


async def test_a_header_that_ends_in_time_is_served_however_it_came_in(server: Server) -> None:
    reader, writer = await server.connect()
    for byte in request():
        writer.write(bytes([byte]))
        await writer.drain()
    assert status(await asyncio.wait_for(reader.read(), 5)) == 200
    writer.close()


async def test_a_body_that_drips_is_ended_with_408(server: Server) -> None:
    head = request(**{"Content-Length": 5_000_000})
    stream = await server.connect(head)
    task = asyncio.create_task(drip(stream, b"x", SECONDS / 8))
    assert status(await asyncio.wait_for(stream[0].read(), 10 * SECONDS)) == 408
    task.cancel()
    stream[1].close()


async def test_a_steady_upload_takes_longer_than_any_stretch(server: Server) -> None:
    pieces, size = 12, 2000
    stream = await server.connect(request(**{"Content-Length": pieces * size}))
    for _ in range(pieces):
        stream[1].write(b"x" * size)
        await asyncio.sleep(SECONDS / 4)
    answer = await asyncio.wait_for(stream[0].read(), 5)
    assert (status(answer), answer.rpartition(b"\r\n")[2]) == (200, b"24000")
    stream[1].close()


async def test_a_slow_answer_of_ours_ends_nothing(server: Server) -> None:
    assert status(await server.ask(request("/late"))) == 200


async def test_the_rest_of_a_body_that_was_refused_early_must_come_too(server: Server) -> None:
    stream = await server.connect(request("/unread", close=False, **{"Content-Length": 5_000_000}))
    task = asyncio.create_task(drip(stream, b"x", SECONDS / 8))
    answer = await asyncio.wait_for(stream[0].read(), 10 * SECONDS)
    assert status(answer) == 200
    task.cancel()
    stream[1].close()


@pytest.mark.parametrize("whole", [True, False], ids=["at once", "in pieces"])
async def test_a_header_without_end_is_refused_by_its_size(server: Server, whole: bool) -> None:
    long = request(**{"X-Long": "a" * 9000})
    reader, writer = await server.connect(long if whole else long[:-4])
    if not whole:
        writer.write(b"a" * 2000)
    assert status(await asyncio.wait_for(reader.read(), 5)) == 431
    writer.close()


async def test_who_reads_nothing_is_let_go(server: Server) -> None:
    _, writer = await server.connect(request("/big"))
    for _ in range(100):
        await asyncio.sleep(SECONDS / 8)
        if not server.uvicorn.server_state.connections:
            break
    assert not server.uvicorn.server_state.connections
    writer.close()


async def test_too_many_connections_are_told_to_come_again_and_the_probe_is_answered(patient_server: Server) -> None:
    server = patient_server
    held = [await server.connect() for _ in range(LIMITS.connections)]
    answer = await server.ask(request(**{"Accept-Language": "en"}))
    assert status(answer) == 503
    assert b"retry-after: 5" in answer.lower() and b"too_many_connections" in answer
    assert status(await server.ask(request("/healthz"))) == 200
    for _, writer in held:
        writer.close()
    await asyncio.sleep(SECONDS / 4)
    assert status(await server.ask(request())) == 200


async def test_connections_without_end_are_closed_without_a_word(patient_server: Server) -> None:
    server = patient_server
    held = [await server.connect() for _ in range(int(LIMITS.connections * 1.25) + 5)]
    await asyncio.sleep(SECONDS / 4)
    assert len(server.uvicorn.server_state.connections) <= LIMITS.connections * 1.25
    for _, writer in held:
        writer.close()


async def test_a_connection_that_stays_is_used_again(server: Server) -> None:
    reader, writer = await server.connect()
    for _ in range(3):
        writer.write(request(close=False))
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)
        assert status(head) == 200
        await reader.readexactly(1)
        await asyncio.sleep(SECONDS * 1.5)
    writer.close()
