"""The widget's HTTP interface: thin, everything is decided in the gateway and the conversation service."""

# No `from __future__ import annotations` here: FastAPI must see the dependency that is made inside `create_router`.
import asyncio
from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import Annotated

import orjson
from fastapi import APIRouter, Depends, Header, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import StreamingResponse
from pydantic import ValidationError

from actions.messages import TextPart
from channels.bus import MessageBus
from channels.conversations.service import ConversationService
from channels.conversations.transcript import MessageView
from channels.errors import ChannelError, texts
from channels.gateway import Gateway, RateLimiter
from channels.inbound import Inbound
from channels.web.schemas import (
    ConfigBody,
    FeedbackRequest,
    MessageBody,
    MessageRequest,
    OpenedBody,
    OpenRequest,
    Problem,
    TranscriptBody,
    TurnBody,
)

HEARTBEAT_SECONDS = 15.0
PROBLEMS: dict[int | str, dict[str, object]] = {status: {"model": Problem} for status in (400, 404, 413, 422, 429, 503)}


def _checked_before(messages: list[MessageView]) -> Response:
    """Messages whose parts were checked when they were made: checking them again would cost a turn a millisecond."""
    body = orjson.dumps({"messages": messages}, option=orjson.OPT_UTC_Z)
    return Response(body, media_type="application/json")


def _token(authorization: str) -> str:
    return authorization.removeprefix("Bearer ").strip()


async def _message_in(request: Request) -> MessageRequest:
    """The checked body; raises what FastAPI raises for a wrong one."""
    try:
        return MessageRequest.model_validate_json(await request.body())
    except ValidationError as error:
        wrong = [
            {**item, "loc": ("body", *item["loc"])} for item in error.errors(include_url=False, include_context=False)
        ]
        raise RequestValidationError(wrong) from error


def _body(view: MessageView) -> MessageBody:
    return MessageBody.model_validate(asdict(view))


def create_router(
    gateway: Gateway,
    conversations: ConversationService,
    bus: MessageBus,
    opening_limiter: RateLimiter,
    config: ConfigBody,
) -> APIRouter:
    """The routes under ``/api/chat``."""
    router = APIRouter(prefix="/api/chat", tags=["chat"], responses=PROBLEMS)

    async def authorised(conversation_id: str, authorization: Annotated[str, Header()] = "") -> str:
        conversations.authorise(conversation_id, _token(authorization))
        return conversation_id

    Authorised = Annotated[str, Depends(authorised)]  # noqa: N806 - an annotation

    @router.get("/config")
    async def read_config() -> ConfigBody:
        """Title, city, limits and quick questions."""
        return config

    @router.post("/conversations", status_code=201)
    async def open_conversation(body: OpenRequest, request: Request) -> OpenedBody:
        """Begin a conversation; the greeting is already in it."""
        address = request.client.host if request.client else "unknown"
        if not await opening_limiter.allow(f"open:{address}"):
            raise ChannelError("too_many_conversations", retry_after=30)
        greeting = TextPart(text=texts()["greeting"][body.locale].format(city=config.city))
        opened = await asyncio.to_thread(
            conversations.open, "web", locale=body.locale, greeting=[greeting], address=address
        )
        messages = await asyncio.to_thread(conversations.transcript.messages, opened.id)
        return OpenedBody(id=opened.id, token=opened.token, messages=[_body(view) for view in messages])

    @router.get("/conversations/{conversation_id}")
    async def read_transcript(owner: Authorised, after: Annotated[int, Query(ge=0)] = 0) -> TranscriptBody:
        """Messages after ``after``, oldest first."""
        messages = await asyncio.to_thread(conversations.transcript.messages, owner, after=after)
        conversation = await asyncio.to_thread(conversations.get, owner)
        return TranscriptBody(messages=[_body(view) for view in messages], handled_by=conversation.handled_by)

    @router.post(
        "/conversations/{conversation_id}/messages",
        response_model=TurnBody,
        openapi_extra={
            "parameters": [
                {"name": "conversation_id", "in": "path", "required": True, "schema": {"type": "string"}},
                {"name": "authorization", "in": "header", "required": True, "schema": {"type": "string"}},
            ],
            "requestBody": {
                "required": True,
                "content": {"application/json": {"schema": MessageRequest.model_json_schema()}},
            },
        },
    )
    async def send_message(request: Request) -> Response:
        """Say something and get the replies; the same ``message_id`` again gets the same replies.

        Reads the request itself: FastAPI's dependencies would cost every turn most of a millisecond.
        """
        owner = request.path_params["conversation_id"]
        conversations.authorise(owner, _token(request.headers.get("authorization", "")))
        body = await _message_in(request)
        result = await gateway.handle(
            Inbound(
                channel="web",
                conversation_id=owner,
                message_id=body.message_id,
                kind="payload" if body.payload else "text",
                text=body.text,
                payload=body.payload or "",
            )
        )
        return _checked_before(result.messages)

    @router.post("/conversations/{conversation_id}/feedback", status_code=204)
    async def give_feedback(body: FeedbackRequest, owner: Authorised) -> Response:
        """Rate the answer of a turn; may be changed."""
        await asyncio.to_thread(conversations.feedback, owner, body.turn_id, body.value)
        return Response(status_code=204)

    @router.get("/conversations/{conversation_id}/events", response_class=StreamingResponse)
    async def stream_events(owner: Authorised, after: Annotated[int, Query(ge=0)] = 0) -> StreamingResponse:
        """New messages as server-sent events, from place ``after`` on."""
        return StreamingResponse(
            _events(owner, after, conversations, bus),
            media_type="text/event-stream",
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )

    return router


async def _events(
    conversation_id: str, after: int, conversations: ConversationService, bus: MessageBus
) -> AsyncIterator[str]:
    async with bus.listening(conversation_id) as news:
        while True:
            news.clear()
            for view in await asyncio.to_thread(conversations.transcript.messages, conversation_id, after=after):
                after = view.seq
                yield f"id: {view.seq}\nevent: message\ndata: {_body(view).model_dump_json()}\n\n"
            try:
                async with asyncio.timeout(HEARTBEAT_SECONDS):
                    await news.wait()
            except TimeoutError:
                yield ": still here\n\n"
