"""Encryption of single fields that hold personal data, and the root secret everything is derived from.

Fernet (AES-128-CBC with HMAC-SHA256, https://github.com/fernet/spec) over keys derived from the root secret by HKDF, one
per purpose, so that a key used for cookies never opens a telephone number.
"""

from __future__ import annotations

import base64
import logging
import os
import secrets
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

logger = logging.getLogger(__name__)
SECRET_FILE = "secret.key"  # noqa: S105 - a file name
SHORTEST_SECRET = 32


class DecryptionError(RuntimeError):
    """A stored field cannot be opened: the root secret is not the one it was written with."""


def load_secret(configured: str, data_dir: Path) -> str | None:
    """The root secret: the configured one, or the one kept in ``data_dir``; None while there is none.

    Raises ValueError for one that is too short to be one.
    """
    if configured:
        if len(configured) < SHORTEST_SECRET:
            raise ValueError(f"WENZHENG_SECRET_KEY must have at least {SHORTEST_SECRET} characters")
        return configured
    path = data_dir / SECRET_FILE
    try:
        kept = path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return None
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} is damaged") from error
    if len(kept) < SHORTEST_SECRET:
        # An empty file, say after a full disk: with it everybody could derive our keys.
        raise ValueError(f"{path} is damaged: it holds less than {SHORTEST_SECRET} characters")
    return kept


def load_or_create_secret(configured: str, data_dir: Path) -> str:
    """The root secret, made once if there is none, and kept readable by its owner alone."""
    known = load_secret(configured, data_dir)
    if known is not None:
        return known
    path = data_dir / SECRET_FILE
    data_dir.mkdir(parents=True, exist_ok=True)
    # Written aside and linked: whoever comes at the same moment, or after a crash, finds a whole secret or none.
    draft = path.with_name(f".{SECRET_FILE}.{os.getpid()}-{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48))
            file.flush()
            os.fsync(file.fileno())
        _keep_first(draft, path)
    finally:
        draft.unlink(missing_ok=True)
    made = load_secret("", data_dir)
    if made is None:
        raise ValueError(f"{path} was removed while it was made")
    return made


def _keep_first(draft: Path, path: Path) -> None:
    """Give the draft its name, unless another process was faster."""
    try:
        os.link(draft, path)
    except FileExistsError:
        return
    except OSError:  # a file system without links
        draft.rename(path)


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
        except (InvalidToken, UnicodeError) as error:
            raise DecryptionError("an encrypted field cannot be opened with the present secret key") from error

    def decrypt_or(self, ciphertext: str, otherwise: str, *, what: str) -> str:
        """The text, or ``otherwise`` where it cannot be opened: one damaged value must not stop what goes on around it.

        ``what`` names the value in the log, for the operator.
        """
        try:
            return self.decrypt(ciphertext)
        except DecryptionError:
            logger.error("%s cannot be opened with the present secret key", what)
            return otherwise


def internal_token(secret: str) -> str:
    """What our own processes show each other on loopback ports."""
    return derive_key(secret, "internal").hex()


def memory_key(secret: str) -> str:
    """The key of Rasa's memory of conversations (``bot/dialogue/sealing.py``), as Fernet wants it."""
    return base64.urlsafe_b64encode(derive_key(secret, "rasa-memory")).decode("ascii")
