"""The loopback-only side of the app: Rasa's action webhook and turns for the command line, behind a token.

It listens on its own port, so that no reverse proxy in front of the public port can reach it by mistake.
"""

from __future__ import annotations

import hmac
import logging
import uuid
from typing import Annotated, Any

import orjson
from fastapi import Depends, FastAPI, Header, HTTPException, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException
from redis.exceptions import RedisError
from starlette.applications import Starlette
from starlette.routing import Mount, Route

from actions.messages import Part
from bot.database import DATABASE_REFUSALS, refusal_of
from bot.pools import TURNS, run_in
from channels.conversations.service import ConversationService
from channels.errors import ChannelError
from channels.gateway import Gateway
from channels.inbound import Inbound, InboundKind
from channels.web import problems

logger = logging.getLogger(__name__)
# What an action needs is away: the database is locked or gone, Redis, the network.
OUTAGES = (*DATABASE_REFUSALS, RedisError, OSError)


class TurnRequest(BaseModel):
    """One turn from the command line; without a conversation a new one is begun."""

    text: str
    conversation_id: str = ""
    payload: str = ""
    message_id: str = Field(default_factory=lambda: uuid.uuid4().hex)


class TurnReply(BaseModel):
    """The reply with all that was decided on the way."""

    conversation_id: str
    turn_id: str
    parts: list[Part]
    intent: str
    confidence: float
    decision: str
    reason: str
    entry_id: str
    hits: list[dict[str, Any]]
    latency_ms: dict[str, float]


def create_internal_app(
    executor: ActionExecutor, gateway: Gateway, conversations: ConversationService, token: str
) -> Starlette:
    """Routes ``/webhook`` and ``/turn``."""

    async def authorised(x_wenzheng_token: Annotated[str, Header()] = "") -> None:
        # As bytes: text with anything but ASCII in it cannot be compared.
        if not hmac.compare_digest(x_wenzheng_token.encode(), token.encode()):
            raise HTTPException(403)

    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, dependencies=[Depends(authorised)])
    problems.install(app)

    async def run_action(request: Request) -> Response:
        """What Rasa calls for every custom action (https://rasa.com/docs/action-server/).

        A plain Starlette route: FastAPI's checks of requests and answers would cost a tenth of a turn.
        """
        await authorised(request.headers.get("x-wenzheng-token", ""))
        try:
            call = orjson.loads(await request.body())
        except ValueError:
            return JSONResponse({"error": "not JSON"}, 400)
        return await _run_action(executor, call)

    @app.post("/turn")
    async def run_turn(body: TurnRequest) -> TurnReply:
        """One turn with its grounds."""
        conversation_id = body.conversation_id or uuid.uuid4().hex

        async def begun() -> None:
            """A new conversation is begun when its first message has been looked at: danger waits for no database."""
            if not body.conversation_id:
                await run_in(TURNS, conversations.open, "cli", identity=conversation_id)

        kind: InboundKind = "payload" if body.payload else "text"
        inbound = Inbound("cli", conversation_id, body.message_id, kind, body.text, body.payload)
        try:
            result = await gateway.handle(inbound, limited=False, authorise=begun)
        except ChannelError:
            logger.info("a command-line turn was refused")
            raise
        trace = result.trace
        return TurnReply(
            conversation_id=conversation_id,
            turn_id=result.turn_id,
            parts=result.parts,
            intent=result.intent,
            confidence=result.confidence,
            decision=result.decision,
            reason=trace.reason if trace else "",
            entry_id=trace.entry_id if trace else "",
            hits=[hit.model_dump() for hit in trace.hits] if trace else [],
            latency_ms=result.latency_ms,
        )

    return Starlette(routes=[Route("/webhook", run_action, methods=["POST"]), Mount("/", app)])


async def _run_action(executor: ActionExecutor, call: dict[str, Any]) -> Response:
    try:
        result = await executor.run(call)
    except ActionExecutionRejection as rejection:
        return JSONResponse({"error": str(rejection), "action_name": rejection.action_name}, 400)
    except ActionNotFoundException as missing:
        return JSONResponse({"error": str(missing), "action_name": missing.action_name}, 404)
    except OUTAGES as outage:
        # Rasa tells the gateway, which does not hold it against the message.
        logger.warning("an action met an outage: %s", refusal_of(outage))
        return JSONResponse({"error": type(outage).__name__}, 503)
    answer = {"events": result.events, "responses": result.responses} if result is not None else {}
    return Response(orjson.dumps(answer), media_type="application/json")
