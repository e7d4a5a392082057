"""The two doors that are compared: the widget's interface of the product, and the REST channel of bare Rasa.

A plain kept-open connection each, for a heavier client would hide part of the difference.
"""

from __future__ import annotations

import http.client
import json
import uuid
from collections.abc import Sequence
from typing import Any, Protocol, TypeVar

T = TypeVar("T")
ASK_SECONDS = 30
# A conversation of that many questions is a long one; then the next conversation begins.
TURNS_A_CONVERSATION = 5


class Door(Protocol):
    """One client: it has its conversations ready and asks one question after the other."""

    def prepare(self, conversations: int) -> None:
        """Open that many conversations, so that asking costs nothing but the turn."""

    def ask(self, question: str) -> None:
        """One turn; raises AssertionError if there is no answer."""


class _Connection:
    def __init__(self, port: int) -> None:
        self._http = http.client.HTTPConnection("127.0.0.1", port, timeout=ASK_SECONDS)

    def close(self) -> None:
        """A server may have closed an idle connection meanwhile; the next request opens it again."""
        self._http.close()

    def post(self, path: str, body: dict[str, Any], headers: dict[str, str] | None = None) -> Any:
        data = json.dumps(body, ensure_ascii=False).encode()
        self._http.request("POST", path, data, {"Content-Type": "application/json", **(headers or {})})
        response = self._http.getresponse()
        answer = response.read()
        assert response.status in {200, 201}, (response.status, answer[:500])
        return answer


class ProductDoor:
    """A citizen's widget."""

    def __init__(self, port: int) -> None:
        self._connection = _Connection(port)
        self._conversations: list[tuple[str, dict[str, str]]] = []
        self._asked = 0

    def prepare(self, conversations: int) -> None:
        """See :class:`Door`."""
        self._connection.close()
        opened = [json.loads(self._connection.post("/api/chat/conversations", {})) for _ in range(conversations)]
        self._conversations = [
            (f"/api/chat/conversations/{one['id']}/messages", {"Authorization": f"Bearer {one['token']}"})
            for one in opened
        ]
        self._asked = 0

    def ask(self, question: str) -> None:
        """See :class:`Door`."""
        path, headers = _of(self._conversations, self._asked)
        self._asked += 1
        answer = self._connection.post(path, {"message_id": uuid.uuid4().hex, "text": question}, headers)
        assert b'"bot"' in answer, answer[:500]


class BareDoor:
    """The same turn through Rasa's REST channel."""

    def __init__(self, port: int) -> None:
        self._connection = _Connection(port)
        self._conversations: list[str] = []
        self._asked = 0

    def prepare(self, conversations: int) -> None:
        """See :class:`Door`."""
        self._connection.close()
        self._conversations = [uuid.uuid4().hex for _ in range(conversations)]
        self._asked = 0

    def ask(self, question: str) -> None:
        """See :class:`Door`."""
        sender = _of(self._conversations, self._asked)
        self._asked += 1
        answer = self._connection.post("/webhooks/rest/webhook", {"sender": sender, "message": question})
        assert b'"text"' in answer, f"bare Rasa said nothing: {answer[:500]!r}"


def _of(conversations: Sequence[T], asked: int) -> T:
    return conversations[asked // TURNS_A_CONVERSATION % len(conversations)]
