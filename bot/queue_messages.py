"""What goes through the queue: signed JSON. Huey's own serialiser unpickles, and what is unpickled runs.

A message is made by itsdangerous with a key derived from the root secret: whoever can write into Redis but does not know
the secret can put nothing into the worker. What is not ours is refused with a ValueError before it is read.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any

from huey.registry import Message
from huey.serializer import Serializer
from itsdangerous import BadData
from itsdangerous import Serializer as SignedSerializer

MESSAGE, TIME = "message", "time"
# Parts of huey's message that hold other messages or classes; our tasks use none of them.
UNUSED = ("on_complete", "on_error", "chord_config")


class RefusedMessage(ValueError):
    """What came out of the queue was not put in by us."""


class SignedJson(Serializer):  # type: ignore[misc]  # huey ships no types
    """A serialiser for huey; ``key`` is secret."""

    def __init__(self, key: bytes) -> None:
        super().__init__()
        self._signed: SignedSerializer[str] = SignedSerializer(
            key,
            salt="queue",
            serializer=_Json,
            signer_kwargs={"digest_method": hashlib.sha256, "key_derivation": "hmac"},
        )

    def serialize(self, data: Any) -> bytes:
        """A message of huey, or a value it keeps, as signed bytes. Raises TypeError for what is not JSON."""
        return self._signed.dumps(_plain(data)).encode()

    def deserialize(self, data: bytes) -> Any:
        """The message or value again; raises RefusedMessage for what is not signed by us."""
        try:
            return _whole(self._signed.loads(data))
        except (BadData, UnicodeDecodeError, TypeError, KeyError, ValueError) as error:
            raise RefusedMessage("a message in the queue was not put in by us and is not read") from error


class _Json:
    """The JSON that is signed: times are said to be times."""

    @staticmethod
    def dumps(value: Any) -> str:
        return json.dumps(value, ensure_ascii=True, default=_time, separators=(",", ":"))

    @staticmethod
    def loads(text: str) -> Any:
        return json.loads(text, object_hook=_timed)


def _time(value: Any) -> dict[str, str]:
    if isinstance(value, datetime):
        return {TIME: value.isoformat()}
    raise TypeError(f"{type(value).__name__} cannot go through the queue")


def _timed(value: dict[str, Any]) -> Any:
    return datetime.fromisoformat(value[TIME]) if set(value) == {TIME} else value


def _plain(data: Any) -> dict[str, Any]:
    if not isinstance(data, Message):
        return {"value": data}
    fields = data._asdict()
    if any(fields[name] is not None for name in UNUSED):
        raise TypeError("tasks that call other tasks cannot go through the queue")
    return {MESSAGE: fields}


def _whole(data: dict[str, Any]) -> Any:
    if MESSAGE not in data:
        return data["value"]
    fields = data[MESSAGE]
    return Message(**{**fields, "args": tuple(fields["args"])})
