"""The callback that WeChat's servers call: ``GET /wechat`` verifies the server, ``POST /wechat`` brings messages."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import PlainTextResponse
from redis.exceptions import RedisError

from bot.database import DATABASE_REFUSALS, RETRY_AFTER, refusal_of
from channels.errors import ChannelError
from channels.wechat.channel import NotYet, WeChatChannel
from channels.wechat.wire import Callback, Malformed, Refused, WeChatWire

logger = logging.getLogger(__name__)
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
            verification = _wire(channel).verify(request.query_params)
        except Refused as refusal:
            raise HTTPException(403) from refusal
        if not await channel.genuine(verification):
            raise HTTPException(403)
        return PlainTextResponse(verification.echo)

    @router.post("")
    async def receive(request: Request) -> Response:
        """Take one delivery of a message or event."""
        wire, query = _wire(channel), request.query_params
        callback = _opened(wire, query, await _bounded_body(request))
        if not await channel.genuine(callback):
            raise HTTPException(403)
        try:
            text = await channel.receive(callback.message)
        except (NotYet, ChannelError):
            return _again()
        except (*DATABASE_REFUSALS, RedisError) as error:
            logger.warning("a WeChat delivery is left for the next: %s", refusal_of(error))
            return _again()
        if not text:
            return PlainTextResponse(NOTHING_TO_SAY)
        return Response(wire.seal(query, callback.message, text), media_type="application/xml")

    return router


def _again() -> Response:
    """No answer to this delivery: WeChat delivers the message again."""
    return Response(status_code=503, headers={"Retry-After": str(RETRY_AFTER)})


def _wire(channel: WeChatChannel) -> WeChatWire:
    if channel.wire is None:
        raise HTTPException(404)
    return channel.wire


def _opened(wire: WeChatWire, query: Mapping[str, str], body: bytes) -> Callback:
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
