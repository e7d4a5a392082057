"""Encryption of single fields that hold personal data, and the root secret everything is derived from.

Fernet (AES-128-CBC with HMAC-SHA256, https://github.com/fernet/spec) over keys derived from the root secret by HKDF, one
per purpose, so that a key used for cookies never opens a telephone number.
"""

from __future__ import annotations

import base64
import os
import secrets
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

SECRET_FILE = "secret.key"  # noqa: S105 - a file name


class DecryptionError(RuntimeError):
    """A stored field cannot be opened: the root secret is not the one it was written with."""


def load_or_create_secret(configured: str, data_dir: Path) -> str:
    """The root secret: the configured one, or one made once and kept readable by its owner alone."""
    if configured:
        if len(configured) < 32:
            raise ValueError("WENZHENG_SECRET_KEY must have at least 32 characters")
        return configured
    path = data_dir / SECRET_FILE
    data_dir.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    secret = secrets.token_urlsafe(48)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secret)
    return secret


def derive_key(secret: str, purpose: str) -> bytes:
    """32 bytes for one purpose."""
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=purpose.encode()).derive(secret.encode())


class FieldCipher:
    """Encrypts and opens texts of one purpose, stored fields by default; equal texts give different ciphertexts."""

    def __init__(self, secret: str, purpose: str = "field-encryption") -> None:
        self._fernet = Fernet(base64.urlsafe_b64encode(derive_key(secret, purpose)))

    def encrypt(self, text: str) -> str:
        """Ciphertext as ASCII."""
        return self._fernet.encrypt(text.encode()).decode("ascii")

    def decrypt(self, ciphertext: str) -> str:
        """The text; raises DecryptionError if the secret changed or the field was tampered with."""
        try:
            return self._fernet.decrypt(ciphertext.encode("ascii")).decode()
        except InvalidToken as error:
            raise DecryptionError("an encrypted field cannot be opened with the present secret key") from error
