"""WeChat's wire format: signatures, encryption and XML. Nothing is read before its signature is checked.

A signature of a message in the clear covers its time and nonce and not its text, so whoever has seen one (it stands in
the address, and so in a proxy's log) could sign any text with it: a signature is good for one document only, also one
that verified the server.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import struct
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from xml.parsers import expat

from wechatpy.crypto import WeChatCrypto
from wechatpy.exceptions import InvalidAppIdException, InvalidSignatureException
from wechatpy.replies import TextReply
from wechatpy.utils import WeChatSigner

from channels.wechat.paging import safe_text
from channels.wechat.texts import wechat_texts

STALE_AFTER = 300
# A message that says it is older, or from later, says nothing of when it was written.
PLAUSIBLE_SECONDS = 24 * 3600
MAX_PARAMETER = 512
MAX_MESSAGE_ID = 128
MAX_TIME = 20
MAX_DEPTH = 8
OPENID = re.compile(r"[A-Za-z0-9_-]{1,64}")


class Refused(Exception):
    """The request is not, or not provably, WeChat's."""


class Malformed(Exception):
    """The request is WeChat's, but cannot be read."""


@dataclass(frozen=True)
class WeChatMessage:
    """One message or event. ``message_id`` is the same for every delivery of it.

    ``kind`` is WeChat's MsgType; ``unsupported`` for a notice that WeChat puts in the place of what it cannot pass on.
    A voice that WeChat has written down is text.
    """

    openid: str
    account: str
    message_id: str
    kind: str
    text: str
    event: str
    at: datetime

    @property
    def delivery_key(self) -> str:
        """What all deliveries of it have in common and no other message has: ids have been seen twice for two people."""
        return f"{self.openid}:{self.message_id}"


@dataclass(frozen=True)
class Callback:
    """A checked callback: the message, the signature it came with, and what that signature is good for."""

    message: WeChatMessage
    signature: str
    document: str


@dataclass(frozen=True)
class Verification:
    """A checked request that verifies this server: what to answer it with, its signature, what that is good for."""

    echo: str
    signature: str
    document: str


class WeChatWire:
    """Checks and reads callbacks, and writes replies, for one account.

    ``aes_key`` empty: plain mode only. With a key messages in the clear are refused, unless ``compatible``: an account
    that is being moved to encryption sends both for a while.
    """

    def __init__(
        self,
        token: str,
        app_id: str,
        aes_key: str,
        *,
        compatible: bool = False,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._token = token
        self._compatible = compatible
        self._now = now
        self._crypto = WeChatCrypto(token, aes_key, app_id) if aes_key else None

    def verify(self, query: Mapping[str, str]) -> Verification:
        """Check the request that verifies a server, the ``echostr`` is what to answer with. Raises Refused."""
        signature, echo = query.get("signature", ""), query.get("echostr", "")
        self._check(query, signature)
        return Verification(echo, signature, "echo:" + hashlib.sha256(echo.encode(errors="replace")).hexdigest())

    def open(self, query: Mapping[str, str], body: bytes) -> Callback:
        """Check and read a callback; raises Refused or Malformed."""
        if query.get("encrypt_type", "raw") != "aes":
            if self._crypto is not None and not self._compatible:
                raise Refused("not encrypted")
            signature = query.get("signature", "")
            self._check(query, signature)
            return self._callback(signature, _decoded(body))
        if self._crypto is None:
            raise Refused("encrypted messages are not configured")
        try:
            envelope = _fields(_decoded(body))
        except Malformed as error:
            raise Refused("an envelope that cannot be read cannot be checked") from error
        encrypted = envelope.get("Encrypt", "")
        signature = query.get("msg_signature", "")
        self._check(query, signature, encrypted)
        return self._callback(signature, self._decrypted(query, encrypted))

    def seal(self, query: Mapping[str, str], message: WeChatMessage, text: str) -> str:
        """The reply to a message as XML, encrypted if the message was."""
        reply = TextReply(
            source=message.account, target=message.openid, content=safe_text(text), time=int(self._now())
        ).render()
        if query.get("encrypt_type") == "aes" and self._crypto is not None:
            sealed: str = self._crypto.encrypt_message(reply, query["nonce"], str(int(self._now())))
            return sealed
        return str(reply)

    def _callback(self, signature: str, xml: str) -> Callback:
        message = read_message(xml, self._now())
        return Callback(message, signature, hashlib.sha256(xml.encode()).hexdigest())

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


def read_message(xml: str, now: float) -> WeChatMessage:
    """The message in a checked and decrypted document that came at ``now``; raises Malformed."""
    fields = _fields(xml)
    openid, created, event = fields.get("FromUserName", ""), fields.get("CreateTime", ""), fields.get("Event", "")
    if not OPENID.fullmatch(openid):
        raise Malformed("not an OpenID")
    if not (created.isascii() and created.isdigit() and len(created) <= MAX_TIME):
        raise Malformed("not a time")
    # Presses of two menu entries within a second are two events: only their keys tell them apart.
    pressed = hashlib.sha256(fields.get("EventKey", "").encode()).hexdigest()[:16]
    message_id = fields.get("MsgId") or f"{openid}:{created}:{event}:{pressed}"
    if not fields.get("MsgType") or len(message_id) > MAX_MESSAGE_ID:
        raise Malformed("a field is missing or too long")
    seconds = int(created) if abs(int(created) - now) < PLAUSIBLE_SECONDS else now
    message = WeChatMessage(
        openid=openid,
        account=fields.get("ToUserName", ""),
        message_id=message_id,
        kind=fields["MsgType"].lower(),
        text=fields.get("Content", ""),
        event=event.lower(),
        at=datetime.fromtimestamp(seconds, UTC),
    )
    return _meant(message, fields.get("Recognition", ""))


def _meant(message: WeChatMessage, recognised: str) -> WeChatMessage:
    """A voice that was written down is text; a notice is no text."""
    if message.kind == "voice" and recognised.strip():
        return replace(message, kind="text", text=recognised)
    if message.kind == "text" and message.text.strip() in wechat_texts().notices:
        return replace(message, kind="unsupported", text="")
    return message


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
