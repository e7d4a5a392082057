"""The callback that WeChat's servers call: ``GET /wechat`` verifies the server, ``POST /wechat`` brings messages."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import PlainTextResponse

from channels.wechat.channel import NotYet, WeChatChannel
from channels.wechat.wire import Malformed, Refused, WeChatMessage, WeChatWire

MAX_BODY = 64 * 1024
# WeChat takes this as "received, nothing to say" and does not deliver the message again.
NOTHING_TO_SAY = "success"


def create_router(channel: WeChatChannel) -> APIRouter:
    """The routes of one official account; 404 while it is not configured."""
    router = APIRouter(prefix="/wechat", tags=["wechat"], include_in_schema=False)

    @router.get("")
    async def verify(request: Request) -> Response:
        """Answer WeChat's check that this server knows the token."""
        try:
            return PlainTextResponse(_wire(channel).verify(request.query_params))
        except Refused as refusal:
            raise HTTPException(403) from refusal

    @router.post("")
    async def receive(request: Request) -> Response:
        """Take one delivery of a message or event."""
        wire, query = _wire(channel), request.query_params
        message = _opened(wire, query, await _bounded_body(request))
        try:
            text = await channel.receive(message)
        except NotYet:
            return Response(status_code=503)
        if not text:
            return PlainTextResponse(NOTHING_TO_SAY)
        return Response(wire.seal(query, message, text), media_type="application/xml")

    return router


def _wire(channel: WeChatChannel) -> WeChatWire:
    if channel.wire is None:
        raise HTTPException(404)
    return channel.wire


def _opened(wire: WeChatWire, query: Mapping[str, str], body: bytes) -> WeChatMessage:
    try:
        return wire.open(query, body)
    except Refused as refusal:
        raise HTTPException(403) from refusal
    except Malformed as problem:
        raise HTTPException(400) from problem


async def _bounded_body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise HTTPException(413)
    return bytes(body)
