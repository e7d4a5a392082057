"""Query codes in messages: stored sealed, opened for the owner of the conversation and for nobody else."""

from __future__ import annotations

from typing import Any

from bot.security.encryption import DecryptionError, FieldCipher

Parts = list[dict[str, Any]]


def open_codes(parts: Parts, cipher: FieldCipher) -> Parts:
    """The parts as the owner reads them; a code that cannot be opened any more is left out."""
    return [_opened(part, cipher) if part.get("sealed_code") else part for part in parts]


def _opened(part: dict[str, Any], cipher: FieldCipher) -> dict[str, Any]:
    try:
        code = cipher.decrypt(part["sealed_code"])
    except DecryptionError:
        code = ""
    return part | {"code": code, "sealed_code": ""}
