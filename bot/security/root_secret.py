"""Whether the root secret is the one this database was written with.

The database keeps a check value that is derived from the secret under a purpose of its own: it says whether a secret is the
right one and nothing about it. Without it a lost or wrong key shows only when somebody needs a telephone number.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Engine, Text, column, delete, insert, inspect, select, table
from sqlalchemy.exc import IntegrityError

from bot.database import utcnow
from bot.security.encryption import (
    SECRET_FILE,
    DecryptionError,
    FieldCipher,
    derive_key,
    load_or_create_secret,
    load_secret,
)
from bot.security.models import SecretCheck

PURPOSE = "secret-check"
# Columns with ciphertext, to tell the right key of a database that is older than the check value.
SEALED = (("accounts", "totp_secret"), ("tickets", "code_cipher"), ("tickets", "contact_cipher"), ("turns", "pending"))
SAMPLE = 20

LOST = (
    "Telephone numbers and names in tickets, query codes that citizens hold, second factors of staff, and messages that "
    "are not answered yet were sealed with the old key and stay closed. Everything else is there."
)


class WrongSecretKey(RuntimeError):
    """The secret is missing, or is not the one that this database was written with; the message says what to do."""


def secret_for(configured: str, data_dir: Path, engine: Engine) -> str:
    """The root secret, held against the database: made at the very first start, refused when it is not the one.

    Raises WrongSecretKey.
    """
    known = _check_value(engine)
    try:
        secret = load_secret(configured, data_dir)
    except ValueError as error:
        raise WrongSecretKey(f"{error}. {_remedy(data_dir)}") from error
    if secret is None:
        if known is not None or _sealed(engine):
            raise WrongSecretKey(
                f"The secret key is gone: {data_dir / SECRET_FILE} does not exist and WENZHENG_SECRET_KEY is not set, but "
                f"the database was written with a key. {_remedy(data_dir)}"
            )
        secret = load_or_create_secret(configured, data_dir)
    if not _fits(engine, secret, known):
        place = "WENZHENG_SECRET_KEY" if configured else str(data_dir / SECRET_FILE)
        raise WrongSecretKey(
            f"The secret key in {place} is not the one this database was written with. {_remedy(data_dir)}"
        )
    return secret


def accept_secret(configured: str, data_dir: Path, engine: Engine) -> None:
    """Go on with the present secret, made if there is none, though the database was written with another one."""
    secret = load_or_create_secret(configured, data_dir)
    with engine.begin() as connection:
        connection.execute(delete(SecretCheck))
        connection.execute(insert(SecretCheck).values(_row(secret)))


def _remedy(data_dir: Path) -> str:
    return (
        f"Put the right key back: as {data_dir / SECRET_FILE} from your backup, or as WENZHENG_SECRET_KEY. If it is lost for "
        f"good: wenzheng secret accept. What is lost then: {LOST}"
    )


def _check_value(engine: Engine) -> str | None:
    if not inspect(engine).has_table(SecretCheck.__tablename__):
        return None  # not migrated yet
    with engine.connect() as connection:
        value: str | None = connection.scalar(select(SecretCheck.value).where(SecretCheck.purpose == PURPOSE))
    return value


def _fits(engine: Engine, secret: str, known: str | None) -> bool:
    if known is not None:
        return hmac.compare_digest(known, _value(secret))
    sealed = _sealed(engine)
    if sealed and not any(_opens(FieldCipher(secret), one) for one in sealed):
        return False
    return _keep(engine, secret)


def _keep(engine: Engine, secret: str) -> bool:
    """Store the check value of a first start; False if another process stored another one at the same moment."""
    if not inspect(engine).has_table(SecretCheck.__tablename__):
        return True
    try:
        with engine.begin() as connection:
            connection.execute(insert(SecretCheck).values(_row(secret)))
    except IntegrityError:
        return hmac.compare_digest(_check_value(engine) or "", _value(secret))
    return True


def _row(secret: str) -> dict[str, object]:
    return {"purpose": PURPOSE, "value": _value(secret), "at": utcnow()}


def _value(secret: str) -> str:
    return derive_key(secret, PURPOSE).hex()


def _opens(cipher: FieldCipher, sealed: str) -> bool:
    try:
        cipher.decrypt(sealed)
    except DecryptionError:
        return False
    return True


def _sealed(engine: Engine) -> list[str]:
    return list(_samples(engine))


def _samples(engine: Engine) -> Iterator[str]:
    """A few sealed values of each kind that the database has."""
    known = inspect(engine)
    with engine.connect() as connection:
        for name, sealed in SEALED:
            if known.has_table(name):
                value = column(sealed, Text)
                filled = select(value).select_from(table(name, value)).where(value != "", value.is_not(None))
                yield from connection.scalars(filled.limit(SAMPLE))
