"""One turn against the running assistant, through its loopback-only interface."""

from __future__ import annotations

from types import TracebackType
from typing import Any

import httpx

from bot.security.encryption import internal_token, load_secret
from bot.settings import Settings

NOT_RUNNING = "The assistant is not running. Start it with: make run"


class AssistantNotRunning(RuntimeError):
    """Nothing answers on the internal port."""


class InternalClient:
    """Sends turns; use as a context manager."""

    def __init__(self, settings: Settings) -> None:
        # An assistant that runs here has made one; a client must not.
        secret = load_secret(settings.secret_key.get_secret_value(), settings.data_dir)
        if secret is None:
            raise AssistantNotRunning(NOT_RUNNING)
        self._client = httpx.Client(
            base_url=f"http://127.0.0.1:{settings.internal_port}",
            headers={"X-Wenzheng-Token": internal_token(secret), "Accept-Language": "en"},
            timeout=settings.turn_timeout + 10,
            trust_env=False,
        )

    def __enter__(self) -> InternalClient:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def turn(self, text: str, *, conversation_id: str = "", payload: str = "") -> dict[str, Any]:
        """The reply with its grounds; raises AssistantNotRunning, or ValueError with the assistant's refusal."""
        body = {"text": text, "conversation_id": conversation_id, "payload": payload}
        try:
            response = self._client.post("/turn", json=body)
        except httpx.ConnectError as error:
            raise AssistantNotRunning(NOT_RUNNING) from error
        if response.is_error:
            raise ValueError(response.json().get("detail", response.reason_phrase))
        data: dict[str, Any] = response.json()
        return data
