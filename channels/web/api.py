"""The widget's HTTP interface: thin, everything is decided in the gateway and the conversation service."""

# No `from __future__ import annotations` here: FastAPI must see the dependency that is made inside `create_router`.
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from functools import partial
from typing import Annotated

import orjson
from fastapi import APIRouter, Depends, Header, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import StreamingResponse
from pydantic import ValidationError

from actions.messages import TextPart
from bot.pools import READING, TURNS, run_in
from channels.bus import MessageBus
from channels.conversations.service import ConversationService
from channels.conversations.transcript import MessageView
from channels.errors import ChannelError, texts
from channels.gateway import Gateway, RateLimiter
from channels.inbound import Inbound, TurnResult
from channels.rate_limit import address_of
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
from channels.web.streams import EventStream, StreamPlaces, events

# As large as the database keeps places.
After = Annotated[int, Query(ge=0, le=2**31 - 1)]
PROBLEMS: dict[int | str, dict[str, object]] = {status: {"model": Problem} for status in (400, 404, 413, 422, 429, 503)}


def _without_place(inbound: Inbound, result: TurnResult) -> list[dict[str, object]]:
    """What was said and answered where it is not in the transcript yet."""
    said = {"seq": None, "turn_id": None, "message_id": inbound.message_id, "at": inbound.at, "feedback": None}
    own = [TextPart(text=inbound.text)]
    return [
        {**said, "role": role, "parts": [part.model_dump(mode="json") for part in parts]}
        for role, parts in (("citizen", own), ("bot", result.parts))
    ]


def _checked_before(messages: list[MessageView] | list[dict[str, object]]) -> Response:
    """Messages whose parts were checked when they were made: checking them again would cost a turn a millisecond."""
    body = orjson.dumps({"messages": messages}, option=orjson.OPT_UTC_Z)
    return Response(body, media_type="application/json")


def _token(authorization: str) -> str:
    return authorization.removeprefix("Bearer ").strip()


async def _authorise(
    conversations: ConversationService, pool: ThreadPoolExecutor, conversation_id: str, authorization: str
) -> None:
    token = _token(authorization)
    if not conversations.is_authorised(conversation_id, token):
        await run_in(pool, conversations.authorise, conversation_id, token)


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
    places: StreamPlaces,
) -> APIRouter:
    """The routes under ``/api/chat``."""
    router = APIRouter(prefix="/api/chat", tags=["chat"], responses=PROBLEMS)

    authorise = partial(_authorise, conversations, TURNS)

    async def authorised(conversation_id: str, authorization: Annotated[str, Header()] = "") -> str:
        await _authorise(conversations, READING, conversation_id, authorization)
        return conversation_id

    Authorised = Annotated[str, Depends(authorised)]  # noqa: N806 - an annotation

    @router.get("/config")
    async def read_config() -> ConfigBody:
        """Title, city, limits and quick questions."""
        return config

    @router.post("/conversations", status_code=201)
    async def open_conversation(body: OpenRequest, request: Request) -> OpenedBody:
        """Begin a conversation; the greeting is already in it."""
        if not await opening_limiter.allow(f"open:{address_of(request)}"):
            raise ChannelError("too_many_conversations", retry_after=30)
        greeting = TextPart(text=texts()["greeting"][body.locale].format(city=config.city))
        opened = await run_in(
            TURNS,
            conversations.open,
            "web",
            locale=body.locale,
            greeting=[greeting],
            address=request.client.host if request.client else "",
        )
        messages = await run_in(READING, conversations.transcript.messages, opened.id)
        return OpenedBody(id=opened.id, token=opened.token, messages=[_body(view) for view in messages])

    @router.get("/conversations/{conversation_id}")
    async def read_transcript(owner: Authorised, after: After = 0) -> TranscriptBody:
        """Messages after ``after``, oldest first."""
        messages = await run_in(READING, conversations.transcript.messages, owner, after=after)
        conversation = await run_in(READING, conversations.get, owner)
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

        Whom to call in danger is told to everybody and at once: where the database cannot be asked whose conversation
        this is, the messages have no ``seq`` yet, and they are stored when it has been found theirs.

        Reads the request itself: FastAPI's dependencies would cost every turn most of a millisecond.
        """
        owner, authorization = request.path_params["conversation_id"], request.headers.get("authorization", "")
        try:
            body = await _message_in(request)
        except RequestValidationError:
            await authorise(owner, authorization)
            raise
        inbound = Inbound(
            channel="web",
            conversation_id=owner,
            message_id=body.message_id,
            kind="payload" if body.payload else "text",
            text=body.text,
            payload=body.payload or "",
        )
        result = await gateway.handle(inbound, authorise=partial(authorise, owner, authorization))
        return _checked_before(result.messages or _without_place(inbound, result))

    @router.post("/conversations/{conversation_id}/feedback", status_code=204)
    async def give_feedback(body: FeedbackRequest, owner: Authorised) -> Response:
        """Rate the answer of a turn; may be changed."""
        await run_in(TURNS, conversations.feedback, owner, body.turn_id, body.value)
        return Response(status_code=204)

    @router.get("/conversations/{conversation_id}/events", response_class=StreamingResponse)
    async def stream_events(request: Request, owner: Authorised, after: After = 0) -> StreamingResponse:
        """New messages as server-sent events, from place ``after`` on."""
        place = places.take(owner, address_of(request))
        return EventStream(events(owner, after, conversations, bus), place)

    return router
