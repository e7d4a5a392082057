"""Rasa's memory sealed: what citizens typed stands in Redis and in its file only encrypted. Runs inside Rasa.

Fernet with a key of its own, derived from the root secret; ``WENZHENG_TRACKER_KEY`` is set by whoever starts Rasa.
"""

from __future__ import annotations

import logging
import os

from cryptography.fernet import Fernet, InvalidToken

ENVIRONMENT = "WENZHENG_TRACKER_KEY"
# How a memory begins that a version before this one wrote; it is sealed when it is written next.
PLAIN = "{"
logger = logging.getLogger(__name__)


class Sealing:
    """Seals and opens the text of a tracker. Raises ValueError without a key: nothing is kept in clear by mistake."""

    def __init__(self, key: str | None = None) -> None:
        given = key if key is not None else os.environ.get(ENVIRONMENT, "")
        if not given:
            raise ValueError(
                f"{ENVIRONMENT} is not set: Rasa's memory would be kept in clear. Start it with: wenzheng run"
            )
        self._fernet = Fernet(given.encode("ascii"))

    def seal(self, text: str) -> str:
        """The text, readable with the key alone."""
        return self._fernet.encrypt(text.encode()).decode("ascii")

    def open(self, stored: str | bytes) -> str | None:
        """The text; None where it was sealed with another key: then the conversation begins anew."""
        kept = stored.decode() if isinstance(stored, bytes) else stored
        if kept.startswith(PLAIN):
            return kept
        try:
            return self._fernet.decrypt(kept.encode()).decode()
        except InvalidToken:
            logger.warning("the memory of a conversation was sealed with another key; it begins anew")
            return None
