"""Query codes: six digits that, with the number, show a ticket to whoever filed it."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import unicodedata

from bot.security.encryption import FieldCipher

CODE_LENGTH = 6


class QueryCodes:
    """Issues and checks codes. Stored are a keyed hash, to compare, and ciphertext, to show the same card again."""

    def __init__(self, cipher: FieldCipher, key: bytes) -> None:
        if len(key) < 32:
            raise ValueError("the key of query codes must have at least 32 bytes")
        self._cipher = cipher
        self._key = key

    def issue(self) -> str:
        """A new random code."""
        return f"{secrets.randbelow(10**CODE_LENGTH):0{CODE_LENGTH}d}"

    def digest(self, number: str, code: str) -> str:
        """The keyed hash of a code for one ticket, hexadecimal."""
        return hmac.new(self._key, f"{number}\0{code}".encode(errors="replace"), hashlib.sha256).hexdigest()

    def matches(self, number: str, typed: str, digest: str) -> bool:
        """Whether a typed code (full-width digits and spaces allowed) is the one; takes the same time either way."""
        code = "".join(unicodedata.normalize("NFKC", typed).split())
        return hmac.compare_digest(self.digest(number, code), digest)

    def seal(self, code: str) -> str:
        """The code as it is stored."""
        return self._cipher.encrypt(code)

    def open(self, sealed: str) -> str:
        """The code again; empty if it cannot be opened, and the card then shows none."""
        return self._cipher.decrypt_or(sealed, "", what="a ticket's query code")
