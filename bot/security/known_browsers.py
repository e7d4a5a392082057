"""Browsers in which a person has signed in before, known by a sealed note that they keep.

OWASP calls them device cookies. The note opens nothing: it only gives its browser a counter of attempts of its own.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from bot.security.encryption import DecryptionError, FieldCipher

LIFETIME = timedelta(days=90)
PURPOSE = "known browser"


class KnownBrowsers:
    """Writes notes and reads them."""

    def __init__(self, cipher: FieldCipher, now: Callable[[], datetime]) -> None:
        self._cipher = cipher
        self._now = now

    def note(self, username: str) -> str:
        """A note for a browser in which this person has just signed in, with a random number that stands for it."""
        content = {"for": PURPOSE, "name": username, "id": secrets.token_hex(8), "at": self._now().timestamp()}
        return self._cipher.encrypt(json.dumps(content))

    def read(self, note: str, username: str) -> str:
        """What stands for the browser; empty where it is not known for this name, or was not used for too long."""
        try:
            content = json.loads(self._cipher.decrypt(note)) if note else {}
        except (DecryptionError, UnicodeEncodeError):
            return ""
        if content.get("for") != PURPOSE or content["name"] != username:
            return ""
        age = self._now() - datetime.fromtimestamp(content["at"], tz=self._now().tzinfo)
        return str(content["id"]) if age < LIFETIME else ""
