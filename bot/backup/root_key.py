"""The root key beside a back-up: told apart by a fingerprint, kept in a place of its own, never made by mistake."""

from __future__ import annotations

import hmac
from pathlib import Path

from bot.backup.errors import BackupError
from bot.backup.files import write_private
from bot.security.encryption import SECRET_FILE, derive_key
from bot.settings import Settings

PURPOSE = "backup-key-check"
SHORTEST = 32


def fingerprint(secret: str) -> str:
    """What tells root keys apart and opens nothing."""
    return derive_key(secret, PURPOSE).hex()[:32]


def fits(secret: str, check: str) -> bool:
    """Whether a back-up with this fingerprint was written with this key."""
    return hmac.compare_digest(fingerprint(secret), check)


def key_in_force(settings: Settings) -> str:
    """The root key that this installation works with; empty where there is none yet. Makes none, unlike a start."""
    configured = settings.secret_key.get_secret_value()
    path = settings.data_dir / SECRET_FILE
    return configured or (path.read_text(encoding="ascii").strip() if path.is_file() else "")


def where_it_is(settings: Settings) -> str:
    """Where the root key in force is kept, in words."""
    if settings.secret_key.get_secret_value():
        return "the setting WENZHENG_SECRET_KEY"
    return str((settings.data_dir / SECRET_FILE).resolve())


def read_key(path: Path) -> str:
    """The root key in a file; raises BackupError for what cannot be one."""
    try:
        secret = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BackupError(f"The key file {path} cannot be read") from error
    if len(secret) < SHORTEST:
        raise BackupError(f"{path} is no key file: a root key has at least {SHORTEST} characters")
    return secret


def save_key(secret: str, path: Path, backup: Path) -> None:
    """Write a copy of the key; raises BackupError for a place inside the back-up, and where another file is already."""
    if path.resolve().is_relative_to(backup.resolve()):
        raise BackupError(f"{path} is inside the back-up. Who has both can read everything: name a file elsewhere")
    if path.exists():
        if read_key(path) == secret:
            return
        raise BackupError(f"{path} holds another key already. Name a file that does not exist")
    path.parent.mkdir(parents=True, exist_ok=True)
    write_private(path, secret.encode("ascii"))
