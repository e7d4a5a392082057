"""WeChat's wire format: signatures, encryption and XML. Nothing is read before its signature is checked."""

from __future__ import annotations

import hmac
import re
import struct
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.parsers import expat

from wechatpy.crypto import WeChatCrypto
from wechatpy.exceptions import InvalidAppIdException, InvalidSignatureException
from wechatpy.replies import TextReply
from wechatpy.utils import WeChatSigner

from channels.wechat.paging import safe_text

STALE_AFTER = 300
MAX_PARAMETER = 512
MAX_MESSAGE_ID = 128
MAX_DEPTH = 8
OPENID = re.compile(r"[A-Za-z0-9_-]{1,64}")


class Refused(Exception):
    """The request is not, or not provably, WeChat's."""


class Malformed(Exception):
    """The request is WeChat's, but cannot be read."""


@dataclass(frozen=True)
class WeChatMessage:
    """One message or event. ``message_id`` is the same for every delivery of it. ``kind`` is WeChat's MsgType."""

    openid: str
    account: str
    message_id: str
    kind: str
    text: str
    event: str
    at: datetime


class WeChatWire:
    """Checks and reads callbacks, and writes replies, for one account.

    ``aes_key`` empty: plain mode only. With a key both modes are read (WeChat's compatible mode sends both).
    """

    def __init__(self, token: str, app_id: str, aes_key: str, now: Callable[[], float] = time.time) -> None:
        self._token = token
        self._now = now
        self._crypto = WeChatCrypto(token, aes_key, app_id) if aes_key else None

    def verify(self, query: Mapping[str, str]) -> str:
        """Check the request that verifies a server; returns the ``echostr`` to answer with. Raises Refused."""
        self._check(query, query.get("signature", ""))
        return query.get("echostr", "")

    def open(self, query: Mapping[str, str], body: bytes) -> WeChatMessage:
        """Check and read a callback; raises Refused or Malformed."""
        if query.get("encrypt_type", "raw") != "aes":
            self._check(query, query.get("signature", ""))
            return read_message(_decoded(body))
        if self._crypto is None:
            raise Refused("encrypted messages are not configured")
        try:
            envelope = _fields(_decoded(body))
        except Malformed as error:
            raise Refused("an envelope that cannot be read cannot be checked") from error
        encrypted = envelope.get("Encrypt", "")
        self._check(query, query.get("msg_signature", ""), encrypted)
        return read_message(self._decrypted(query, encrypted))

    def seal(self, query: Mapping[str, str], message: WeChatMessage, text: str) -> str:
        """The reply to a message as XML, encrypted if the message was."""
        reply = TextReply(
            source=message.account, target=message.openid, content=safe_text(text), time=int(self._now())
        ).render()
        if query.get("encrypt_type") == "aes" and self._crypto is not None:
            sealed: str = self._crypto.encrypt_message(reply, query["nonce"], str(int(self._now())))
            return sealed
        return str(reply)

    def _check(self, query: Mapping[str, str], signature: str, *signed: str) -> None:
        timestamp, nonce = query.get("timestamp", ""), query.get("nonce", "")
        if any(len(value) > MAX_PARAMETER for value in query.values()):
            raise Refused("a parameter is too long")
        signer = WeChatSigner()
        signer.add_data(self._token, timestamp, nonce, *signed)
        if not hmac.compare_digest(signer.signature.encode(), signature.encode(errors="replace")):
            raise Refused("wrong signature")
        if not (timestamp.isascii() and timestamp.isdigit()) or abs(self._now() - int(timestamp[:12])) > STALE_AFTER:
            raise Refused("stale timestamp")

    def _decrypted(self, query: Mapping[str, str], encrypted: str) -> str:
        if self._crypto is None:
            raise Refused("encrypted messages are not configured")
        try:
            # The library unpacks the plain text without checking it, hence the variety of errors.
            text: str = self._crypto.decrypt_message(
                {"Encrypt": encrypted}, query["msg_signature"], query["timestamp"], query["nonce"]
            )
        except (InvalidAppIdException, InvalidSignatureException, ValueError, IndexError, struct.error) as error:
            raise Refused("cannot be decrypted") from error
        return text


def read_message(xml: str) -> WeChatMessage:
    """The message in a checked and decrypted document; raises Malformed."""
    fields = _fields(xml)
    openid, created, event = fields.get("FromUserName", ""), fields.get("CreateTime", ""), fields.get("Event", "")
    if not OPENID.fullmatch(openid):
        raise Malformed("not an OpenID")
    if not (created.isascii() and created.isdigit() and len(created) <= 12):
        raise Malformed("not a time")
    message_id = fields.get("MsgId") or f"{openid}:{created}:{event}"
    if not fields.get("MsgType") or len(message_id) > MAX_MESSAGE_ID:
        raise Malformed("a field is missing or too long")
    return WeChatMessage(
        openid=openid,
        account=fields.get("ToUserName", ""),
        message_id=message_id,
        kind=fields["MsgType"].lower(),
        text=fields.get("Content", ""),
        event=event.lower(),
        at=datetime.fromtimestamp(int(created), UTC),
    )


def _decoded(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise Malformed("not UTF-8") from error


def _fields(xml: str) -> dict[str, str]:
    """The text of each child of the root; refuses document types, and with them every entity."""
    parser = expat.ParserCreate("utf-8")
    reader = _FieldReader()
    parser.StartDoctypeDeclHandler = reader.refuse
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.characters
    try:
        parser.Parse(xml.encode(), True)
    except (expat.ExpatError, UnicodeEncodeError) as error:
        raise Malformed("not an XML document") from error
    return reader.fields


class _FieldReader:
    def __init__(self) -> None:
        self.fields: dict[str, str] = {}
        self._path: list[str] = []

    def refuse(self, *_: object) -> None:
        raise Malformed("document types are refused")

    def start(self, name: str, _attributes: object) -> None:
        self._path.append(name)
        if len(self._path) > MAX_DEPTH:
            raise Malformed("nested too deeply")
        if len(self._path) == 2:
            self.fields[name] = ""

    def end(self, _name: str) -> None:
        self._path.pop()

    def characters(self, text: str) -> None:
        if len(self._path) == 2:
            self.fields[self._path[1]] += text
