"""The gateway's way into Rasa: one request is one turn. Runs inside Rasa (Python 3.10), named in ``credentials.yml``.

``POST /webhooks/gateway/turn`` takes ``{"sender", "text", "pressed": bool, "metadata": {"message_id", …},
"redelivery": bool, "vector"?}`` (``vector``: nlu/encoder/handed.py) and gives ``{"messages": [{"text"?, "buttons"?,
"custom"?}], "intent", "ranking", "entities", "latency_ms", "replayed"}``. 413: understanding the message
takes too much computing. 503: the action server, or what it needs, is away; the message has nothing to do with it. 500:
the turn failed.
``POST /webhooks/gateway/reset`` takes ``{"sender"}`` and makes Rasa forget the conversation.
``GET /webhooks/gateway/`` is answered by the event loop that runs the turns: silence means that it is stuck. The other
two need the header ``X-Wenzheng-Token``; errors are ``{"error": …}`` with 4xx or 5xx.
"""

from __future__ import annotations

import asyncio
import gc
import hmac
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from rasa.core.lock_store import LOCK_LIFETIME
from rasa.shared.core.events import BotUttered, Restarted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.cpu_limit import CpuLimitExceeded, cpu_limit
from bot.dialogue import hot_path, outages
from bot.dialogue.city import fill_city, load_city
from bot.dialogue.reading import read
from nlu.encoder.handed import take_in

logger = logging.getLogger(__name__)

TOKEN_HEADER = "X-Wenzheng-Token"  # noqa: S105 - the header's name
RANKING = 5
WARM_UP = "您好"
# New objects before a collection; a turn makes some ten thousand, and nearly all go by reference count.
GC_THRESHOLD = 50_000
# What the policies and handlers read of a parsed message. The rest would be stored and sent around with every turn.
PARSE_KEYS = ("text", "intent", "entities", "intent_ranking")
FREE_TEXT = {"name": "free_text", "confidence": 1.0}
# Computing that understanding one message may take; one of 2,000 characters takes 0.07–0.14 s.
READING_CPU_SECONDS = 2.0
# The gateway gives a turn up when the lock on its conversation expires; by then it is out of our hands as well.
TURN_SECONDS = 0.95 * LOCK_LIFETIME


class NothingSaid(RuntimeError):
    """A turn without any message: the gateway keeps the citizen's message and tries once more."""


class ActionsAway(RuntimeError):
    """A turn without any message because an action found nobody at the other end: the message is not to blame."""


class TurnOutput(CollectingOutputChannel):  # type: ignore[misc]  # rasa ships no types
    """Collects what is said, one message per response, with the city's values filled in."""

    def __init__(self, city: Mapping[str, Mapping[str, str]]) -> None:
        super().__init__()
        self._city = city

    @classmethod
    def name(cls) -> str:
        """The channel's name in conditional responses."""
        return "gateway"

    async def send_text_message(self, recipient_id: str, text: str, **kwargs: Any) -> None:
        """Keep a text whole: Rasa's own channel cuts it at empty lines."""
        self.add({"text": text})

    async def send_text_with_buttons(
        self, recipient_id: str, text: str, buttons: Sequence[Mapping[str, Any]], **kwargs: Any
    ) -> None:
        """A text with choices."""
        self.add({"text": text, "buttons": [{"title": b["title"], "payload": b["payload"]} for b in buttons]})

    async def send_custom_json(self, recipient_id: str, json_message: Mapping[str, Any], **kwargs: Any) -> None:
        """A card or a trace."""
        self.add({"custom": dict(json_message)})

    def add(self, message: dict[str, Any]) -> None:
        """Keep one message."""
        if "text" in message:
            message["text"] = fill_city(message["text"], self._city)
        self.messages.append(message)


class GatewayInput(InputChannel):  # type: ignore[misc]  # rasa ships no types
    """The channel; ``token`` is shared with the gateway."""

    def __init__(self, token: str) -> None:
        if not token:
            raise ValueError("credentials.yml: bot.dialogue.channel.GatewayInput needs a token")
        self._token = token
        self._city = load_city()

    @classmethod
    def name(cls) -> str:
        """Part of the address: ``/webhooks/gateway``."""
        return "gateway"

    @classmethod
    def from_credentials(cls, credentials: Mapping[str, Any] | None) -> GatewayInput:
        """Made by Rasa from ``credentials.yml``."""
        hot_path.install()
        outages.install()
        return cls(str((credentials or {}).get("token") or ""))

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The routes."""
        routes = Blueprint("gateway_channel", "gateway_channel")

        async def turn(request: Request) -> HTTPResponse:
            return await self._guarded(request, lambda body: self._turn(request.app.ctx.agent, body, on_new_message))

        async def reset(request: Request) -> HTTPResponse:
            return await self._guarded(request, lambda body: self._reset(request.app.ctx.agent, body))

        async def health(_: Request) -> HTTPResponse:
            return response.json({"status": "ok"})

        async def warm_up(app: Any, _: Any) -> None:
            """The first message of all must not wait for jieba to read its dictionary."""
            if app.ctx.agent is not None and app.ctx.agent.is_ready():
                await app.ctx.agent.processor.parse_message(UserMessage(WARM_UP))
            # Model and libraries stay for ever: the collector need not look at them again and again.
            gc.collect()
            gc.freeze()
            gc.set_threshold(GC_THRESHOLD)

        routes.listener("after_server_start")(warm_up)
        routes.add_route(health, "/", methods=["GET"])
        routes.add_route(turn, "/turn", methods=["POST"])
        routes.add_route(reset, "/reset", methods=["POST"])
        return routes

    async def _guarded(
        self, request: Request, handle: Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]
    ) -> HTTPResponse:
        if not hmac.compare_digest(request.headers.get(TOKEN_HEADER, "").encode(), self._token.encode()):
            return response.json({"error": "wrong token"}, status=403)
        body = request.json
        if not isinstance(body, dict) or not body.get("sender"):
            return response.json({"error": "sender is missing"}, status=422)
        agent = request.app.ctx.agent
        if agent is None or not agent.is_ready():
            return response.json({"error": "no model is loaded"}, status=503)
        try:
            return response.json(await handle(body))
        except CpuLimitExceeded as limit:
            logger.warning("gateway.turn.too_heavy: %s", limit)
            return response.json({"error": "the message takes too much computing"}, status=413)
        except ActionsAway:
            logger.warning("gateway.turn.actions_away")
            return response.json({"error": "an action could not be run"}, status=503)
        except Exception:
            logger.exception("gateway.turn.failed")
            return response.json({"error": "the turn failed"}, status=500)

    async def _turn(
        self, agent: Any, body: Mapping[str, Any], on_new_message: Callable[[UserMessage], Awaitable[Any]]
    ) -> dict[str, Any]:
        sender, metadata = str(body["sender"]), dict(body.get("metadata") or {})
        # Actions must not take what somebody typed for a button.
        metadata["pressed"] = bool(body.get("pressed"))
        if body.get("redelivery") and (earlier := await self._earlier(agent, sender, metadata.get("message_id"))):
            return earlier
        output = TurnOutput(self._city)
        message = UserMessage(str(body.get("text") or ""), output, sender, input_channel=self.name(), metadata=metadata)
        started = time.perf_counter()
        take_in(body.get("vector"))
        with cpu_limit(READING_CPU_SECONDS):
            parsed = read(agent.processor, message, pressed=metadata["pressed"])
        understood = time.perf_counter()
        parsed["intent_ranking"] = likeliest(parsed)
        message.parse_data = {key: parsed[key] for key in PARSE_KEYS}
        if not metadata["pressed"]:
            # Rules lead free text to one deciding action; the ranking goes along as evidence.
            message.parse_data["intent"] = FREE_TEXT
        outage = outages.watch()
        await asyncio.wait_for(on_new_message(message), TURN_SECONDS)
        if not output.messages:
            await self._forget(agent, sender, metadata.get("message_id"))
            if outage.seen:
                raise ActionsAway
            raise NothingSaid("no action spoke: an action failed, see the log above")
        return {
            "messages": output.messages,
            "intent": parsed["intent"],
            "ranking": parsed["intent_ranking"],
            "entities": parsed["entities"],
            "latency_ms": {
                "nlu": round((understood - started) * 1000, 3),
                "dialogue": round((time.perf_counter() - understood) * 1000, 3),
            },
            "replayed": False,
        }

    async def _forget(self, agent: Any, sender: str, message_id: str | None) -> None:
        """Take a failed turn out of Rasa's memory: half done it would leave a form closed with nothing filed."""
        async with agent.lock_store.lock(sender):
            tracker = await agent.tracker_store.retrieve(sender)
            places = _places(tracker, message_id)
            if places:
                events = list(tracker.events)[: places[-1]]
                await agent.tracker_store.save(DialogueStateTracker.from_events(sender, events, agent.domain.slots))

    async def _earlier(self, agent: Any, sender: str, message_id: str | None) -> dict[str, Any] | None:
        """What was answered when this message came first; None if it never came or was not answered."""
        async with agent.lock_store.lock(sender):
            tracker = await agent.tracker_store.retrieve(sender)
        places = _places(tracker, message_id)
        if not places:
            return None
        events = list(tracker.events)
        output = TurnOutput(self._city)
        for event in events[places[-1] + 1 :]:
            if isinstance(event, UserUttered):
                break
            if isinstance(event, BotUttered):
                output.add(_message(event))
        if not output.messages:
            return None
        said = events[places[-1]]
        return {
            "messages": output.messages,
            "intent": said.intent,
            "ranking": [said.intent],
            "entities": said.entities,
            "latency_ms": {"nlu": 0.0, "dialogue": 0.0},
            "replayed": True,
        }

    async def _reset(self, agent: Any, body: Mapping[str, Any]) -> dict[str, Any]:
        sender = str(body["sender"])
        async with agent.lock_store.lock(sender):
            tracker = await agent.processor.get_tracker(sender)
            tracker.update(Restarted(), agent.domain)
            await agent.processor.save_tracker(tracker)
        return {"reset": True}


def likeliest(parsed: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The first few intents with how sure the classifier was of each."""
    ranking = parsed.get("intent_ranking") or []
    return [{"name": intent["name"], "confidence": intent["confidence"]} for intent in ranking[:RANKING]]


def _places(tracker: DialogueStateTracker | None, message_id: str | None) -> list[int]:
    """Where among the events the citizen's message with this id stands."""
    events = tracker.events if tracker and message_id else []
    return [
        place
        for place, event in enumerate(events)
        if isinstance(event, UserUttered) and (event.metadata or {}).get("message_id") == message_id
    ]


def _message(event: BotUttered) -> dict[str, Any]:
    data = event.data or {}
    if data.get("custom"):
        return {"custom": data["custom"]}
    message: dict[str, Any] = {"text": event.text or ""}
    if data.get("buttons"):
        message["buttons"] = [{"title": b["title"], "payload": b["payload"]} for b in data["buttons"]]
    return message
