"""A citizen at the widget, as HTTP sees one: opens a conversation, writes, presses buttons, reads, listens."""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

Json = dict[str, Any]
SECONDS = 60.0


class Reply:
    """What came back for one message: the parts of all replies, in order."""

    def __init__(self, body: Json) -> None:
        self.messages: list[Json] = body["messages"]
        self.turn_id: str = self.messages[0]["turn_id"]
        self.parts: list[Json] = [part for m in self.messages if m["role"] == "bot" for part in m["parts"]]

    @property
    def text(self) -> str:
        """Everything that was said, as one text."""
        return "\n".join(str(part.get("text", "")) for part in self.parts)

    @property
    def buttons(self) -> list[Json]:
        """Every choice offered."""
        return [button for part in self.parts for button in _buttons(part)]

    def part(self, kind: str) -> Json:
        """The one part of this kind; fails with what was said instead."""
        found = [part for part in self.parts if part["type"] == kind]
        assert len(found) == 1, self.parts
        return found[0]

    def button(self, title: str) -> Json:
        """The choice with this title; fails with what was offered instead."""
        found = [button for button in self.buttons if button["title"] == title]
        assert len(found) == 1, self.buttons
        return found[0]


class Citizen:
    """One conversation of the web channel."""

    def __init__(self, base_url: str, locale: str = "zh") -> None:
        self.http = httpx.Client(base_url=base_url, timeout=SECONDS, trust_env=False)
        opened = self.http.post("/api/chat/conversations", json={"locale": locale})
        assert opened.status_code == 201, opened.text
        self.id: str = opened.json()["id"]
        self.token: str = opened.json()["token"]
        self.path = f"/api/chat/conversations/{self.id}"
        self.http.headers["Authorization"] = f"Bearer {self.token}"

    def close(self) -> None:
        """Close the connections."""
        self.http.close()

    def post(self, text: str, *, payload: str | None = None, message_id: str = "", timeout: float = SECONDS) -> Any:
        """Send one message; the raw response."""
        body = {"message_id": message_id or uuid.uuid4().hex, "text": text, "payload": payload}
        return self.http.post(f"{self.path}/messages", json=body, timeout=timeout)

    def say(self, text: str, *, payload: str | None = None, message_id: str = "") -> Reply:
        """Send one message and read the replies."""
        response = self.post(text, payload=payload, message_id=message_id)
        assert response.status_code == 200, response.text
        return Reply(response.json())

    def press(self, button: Json) -> Reply:
        """Press a button that was offered."""
        return self.say(button["title"], payload=button["payload"])

    def transcript(self, after: int = 0) -> list[Json]:
        """The messages after a place, as a reload reads them."""
        response = self.http.get(self.path, params={"after": after})
        assert response.status_code == 200, response.text
        messages: list[Json] = response.json()["messages"]
        return messages

    @contextmanager
    def listening(self) -> Iterator[EventStream]:
        """An open event stream from the present end of the transcript on."""
        end = max(message["seq"] for message in self.transcript())
        stream = EventStream(f"{str(self.http.base_url).rstrip('/')}{self.path}/events", self.token, end)
        try:
            yield stream
        finally:
            stream.close()


class EventStream:
    """Server-sent events, read by a thread into ``messages``."""

    def __init__(self, url: str, token: str, after: int) -> None:
        self.messages: list[Json] = []
        self._arrived = threading.Condition()
        self._connected = threading.Event()
        self._client = httpx.Client(timeout=httpx.Timeout(SECONDS, read=30), trust_env=False)
        self._request = self._client.build_request(
            "GET", url, params={"after": after}, headers={"Authorization": f"Bearer {token}"}
        )
        self._response = self._client.send(self._request, stream=True)
        assert self._response.headers["content-type"].startswith("text/event-stream")
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def wait_for(self, count: int, seconds: float) -> list[Json]:
        """The messages once there are ``count`` of them; fails after ``seconds``."""
        with self._arrived:
            came = self._arrived.wait_for(lambda: len(self.messages) >= count, seconds)
            assert came, f"{len(self.messages)} of {count} messages within {seconds} s"
            return list(self.messages)

    def close(self) -> None:
        """Hang up."""
        self._response.close()
        self._client.close()

    def _read(self) -> None:
        try:
            for line in self._response.iter_lines():
                if line.startswith("data: "):
                    with self._arrived:
                        self.messages.append(json.loads(line.removeprefix("data: ")))
                        self._arrived.notify_all()
        except (httpx.HTTPError, httpx.StreamError):
            return


def _buttons(part: Json) -> list[Json]:
    services = [service["button"] for service in part.get("services", [])]
    return [*part.get("buttons", []), *part.get("facets", []), *part.get("related", []), *services]
