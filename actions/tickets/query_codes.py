"""Query codes: eight characters that, with the number, show a ticket to whoever filed it."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from bot.security.encryption import FieldCipher
from nlu.entities.query_code import ALPHABET, LENGTH, canonical, is_code


class QueryCodes:
    """Issues and checks codes. Stored are a keyed hash, to compare, and ciphertext, to show the same card again."""

    def __init__(self, cipher: FieldCipher, key: bytes) -> None:
        if len(key) < 32:
            raise ValueError("the key of query codes must have at least 32 bytes")
        self._cipher = cipher
        self._key = key

    def issue(self) -> str:
        """A new random code; drawn again until it is told from words and numbers in a sentence (2 in 3 are)."""
        while True:
            code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
            if is_code(code):
                return code

    def digest(self, number: str, code: str) -> str:
        """The keyed hash of a code for one ticket, hexadecimal."""
        return hmac.new(self._key, f"{number}\0{code}".encode(errors="replace"), hashlib.sha256).hexdigest()

    def matches(self, number: str, typed: str, digest: str) -> bool:
        """Whether a typed code is the one, however it is spaced and written; takes the same time either way."""
        return hmac.compare_digest(self.digest(number, canonical(typed)), digest)

    def seal(self, code: str) -> str:
        """The code as it is stored."""
        return self._cipher.encrypt(code)

    def open(self, sealed: str) -> str:
        """The code again; empty if it cannot be opened, and the card then shows none."""
        return self._cipher.decrypt_or(sealed, "", what="a ticket's query code")
