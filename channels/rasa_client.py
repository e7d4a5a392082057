"""The Rasa server as the gateway sees it: one message in, messages and classification out."""

from __future__ import annotations

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Protocol

import aiohttp
import orjson

from actions.messages import PART, Button, Part, TextPart, Trace
from nlu.encoder.handed import HandedVector

CONNECT_SECONDS = 2.0
READY_TIMEOUT = aiohttp.ClientTimeout(total=2.0)
MAX_CONNECTIONS = 200
# What the channel in Rasa answers for a message that takes too much computing.
TOO_HEAVY = 413


class DialogueUnavailable(RuntimeError):
    """Rasa did not answer, or not in time. ``reached``: it may have had the message, so that the message may be to blame."""

    def __init__(self, reason: str, *, reached: bool = True) -> None:
        super().__init__(reason)
        self.reached = reached


class MessageTooHeavy(RuntimeError):
    """Understanding this message takes more computing than one message may take; trying again would not help."""


@dataclass(frozen=True)
class DialogueReply:
    """What Rasa made of one message."""

    parts: list[Part]
    intent: str
    confidence: float
    ranking: list[dict[str, Any]]
    traces: list[Trace]
    latency_ms: dict[str, float] = field(default_factory=dict)


class Dialogue(Protocol):
    """Understands and decides; Rasa, or a fake in unit tests."""

    async def turn(
        self,
        conversation_id: str,
        text: str,
        turn_id: str,
        *,
        pressed: bool,
        redelivery: bool,
        vector: HandedVector | None = None,
    ) -> DialogueReply:
        """One turn; raises DialogueUnavailable and MessageTooHeavy.

        ``pressed``: ``text`` is the payload of a button, and not what somebody typed. ``redelivery``: the message may
        have been handled before. ``vector``: the text's, where it is known already.
        """


class RasaClient:
    """Talks to ``bot.dialogue.channel.GatewayInput`` inside the Rasa server.

    Over aiohttp: on a kept connection it takes a quarter of httpx's time, and every turn passes here. The session belongs
    to the event loop that first uses it.
    """

    def __init__(self, base_url: str, token: str, timeout: float) -> None:
        self._base_url = base_url
        self._headers = {"X-Wenzheng-Token": token}
        self._timeout = aiohttp.ClientTimeout(total=timeout, connect=CONNECT_SECONDS)
        self._session: aiohttp.ClientSession | None = None

    async def turn(
        self,
        conversation_id: str,
        text: str,
        turn_id: str,
        *,
        pressed: bool,
        redelivery: bool,
        vector: HandedVector | None = None,
    ) -> DialogueReply:
        """Send one message; see :class:`Dialogue`."""
        body = {
            "sender": conversation_id,
            "text": text,
            "pressed": pressed,
            "metadata": {"message_id": turn_id},
            "redelivery": redelivery,
        }
        if vector is not None:
            body["vector"] = vector.as_json()
        try:
            async with self._http().post("/webhooks/gateway/turn", json=body) as response:
                if response.status == TOO_HEAVY:
                    raise MessageTooHeavy
                response.raise_for_status()
                return parse_reply(orjson.loads(await response.read()))
        except (aiohttp.ClientError, TimeoutError) as error:
            raise DialogueUnavailable(type(error).__name__, reached=_reached(error)) from error

    async def ready(self) -> bool:
        """Whether Rasa has a model loaded."""
        try:
            async with self._http().get("/webhooks/gateway/", timeout=READY_TIMEOUT) as response:
                return response.ok
        except (aiohttp.ClientError, TimeoutError):
            return False

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()

    def _http(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                self._base_url,
                headers=self._headers,
                timeout=self._timeout,
                connector=aiohttp.TCPConnector(limit=MAX_CONNECTIONS),
                json_serialize=lambda value: orjson.dumps(value).decode(),
            )
        return self._session


def _reached(error: Exception) -> bool:
    """Whether the message itself may be to blame: not where nobody listens, or Rasa says that others are away."""
    if isinstance(error, aiohttp.ClientResponseError):
        return error.status != HTTPStatus.SERVICE_UNAVAILABLE
    return not isinstance(error, (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError))


def parse_reply(data: dict[str, Any]) -> DialogueReply:
    """Rasa's JSON as parts and traces; plain Rasa responses become text parts."""
    parts: list[Part] = []
    traces: list[Trace] = []
    for message in data["messages"]:
        custom = message.get("custom") or {}
        if "trace" in custom:
            traces.append(Trace.model_validate(custom["trace"]))
        if "part" in custom:
            parts.append(PART.validate_python(custom["part"]))
        buttons = [Button(title=b["title"], payload=b["payload"]) for b in message.get("buttons") or []]
        if message.get("text"):
            parts.append(TextPart(text=message["text"], buttons=buttons))
    intent = data.get("intent") or {}
    return DialogueReply(
        parts=parts,
        intent=intent.get("name") or "",
        confidence=float(intent.get("confidence") or 0.0),
        ranking=[
            {"name": item["name"], "confidence": round(float(item["confidence"]), 4)}
            for item in data.get("ranking") or []
        ],
        traces=traces,
        latency_ms=data.get("latency_ms") or {},
    )
