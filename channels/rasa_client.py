"""The Rasa server as the gateway sees it: one message in, messages and classification out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

import httpx

from actions.messages import PART, Button, Part, TextPart, Trace


class DialogueUnavailable(RuntimeError):
    """Rasa did not answer, or not in time. ``reached``: it may have had the message, so that the message may be to blame."""

    def __init__(self, reason: str, *, reached: bool = True) -> None:
        super().__init__(reason)
        self.reached = reached


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

    async def turn(self, conversation_id: str, text: str, turn_id: str, *, redelivery: bool) -> DialogueReply:
        """One turn; raises DialogueUnavailable. ``redelivery``: the message may have been handled before."""


class RasaClient:
    """Talks to ``bot.dialogue.channel.GatewayInput`` inside the Rasa server."""

    def __init__(self, base_url: str, token: str, timeout: float) -> None:
        self._client = httpx.AsyncClient(
            base_url=base_url,
            headers={"X-Wenzheng-Token": token},
            timeout=httpx.Timeout(timeout, connect=2.0),
            limits=httpx.Limits(max_connections=200, max_keepalive_connections=50),
            trust_env=False,
        )

    async def turn(self, conversation_id: str, text: str, turn_id: str, *, redelivery: bool) -> DialogueReply:
        """Send one message; see :class:`Dialogue`."""
        body = {
            "sender": conversation_id,
            "text": text,
            "metadata": {"message_id": turn_id},
            "redelivery": redelivery,
        }
        try:
            response = await self._client.post("/webhooks/gateway/turn", json=body)
            response.raise_for_status()
        except httpx.HTTPError as error:
            reached = not isinstance(error, (httpx.ConnectError, httpx.ConnectTimeout))
            raise DialogueUnavailable(type(error).__name__, reached=reached) from error
        return parse_reply(response.json())

    async def ready(self) -> bool:
        """Whether Rasa has a model loaded."""
        try:
            response = await self._client.get("/webhooks/gateway/", timeout=2.0)
        except httpx.HTTPError:
            return False
        return response.status_code == httpx.codes.OK

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()


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
