"""What the dialogue may remember of a query code: never the code, only what this house alone can open.

The dialogue's memory is in Redis and is sent around with every turn. A typed code that waits for its number is kept
sealed; once number and code were right, a grant for this conversation takes the code's place.
"""

from __future__ import annotations

import json

from bot.security.encryption import DecryptionError, FieldCipher

CODE, TICKET = "code", "ticket"


class TicketAccess:
    """Seals codes and grants, and opens its own."""

    def __init__(self, cipher: FieldCipher) -> None:
        self._cipher = cipher

    def keep(self, code: str) -> str:
        """A typed code, sealed."""
        return self._seal(CODE, code)

    def kept(self, sealed: str) -> str:
        """The code again; empty for anything that is no sealed code."""
        opened = self._open(sealed)
        return opened[1] if len(opened) == 2 and opened[0] == CODE else ""

    def grant(self, conversation_id: str, number: str) -> str:
        """That this conversation has shown the code of this ticket."""
        return self._seal(TICKET, conversation_id, number)

    def granted(self, sealed: str, conversation_id: str) -> str:
        """The ticket's number; empty for anything but a grant of this very conversation."""
        opened = self._open(sealed)
        return opened[2] if len(opened) == 3 and opened[:2] == [TICKET, conversation_id] else ""

    def _seal(self, *values: str) -> str:
        return self._cipher.encrypt(json.dumps(values))

    def _open(self, sealed: str) -> list[str]:
        try:
            opened = json.loads(self._cipher.decrypt(sealed))
        except (DecryptionError, ValueError):
            return []
        return [str(value) for value in opened] if isinstance(opened, list) else []
