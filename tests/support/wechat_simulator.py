"""WeChat's side of the conversation: a server that signs, encrypts, delivers and retries, and the API it offers.

>>> simulator = WeChatSimulator(token="t", app_id="wx1", aes_key="a" * 43)
>>> query, body = simulator.text("居住证怎么办", openid="o1", encrypted=True)
>>> # post body to /wechat?query, then: simulator.read(response.content, query)
"""

from __future__ import annotations

import hashlib
import itertools
import json
import secrets
import time
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape

import xmltodict
from wechatpy.crypto import WeChatCrypto

ACCOUNT = "gh_yunzhou"
MAX_CONTENT_BYTES = 2048


@dataclass
class WeChatSimulator:
    """Makes callbacks as WeChat's server does; ``aes_key`` empty for an account in plain mode."""

    token: str
    app_id: str = "wx0123456789abcdef"
    aes_key: str = ""
    _ids: Any = field(default_factory=lambda: itertools.count(24_000_000_000_000_001))

    def verification(self, echo: str = "5927816432") -> dict[str, str]:
        """The query of the request that verifies a server."""
        return self.signed() | {"echostr": echo}

    def text(self, content: str, *, openid: str = "oCitizen_1", encrypted: bool = False, message_id: str = "") -> Any:
        """A text message: query and body."""
        return self.message(openid, "text", {"Content": content}, encrypted=encrypted, message_id=message_id)

    def event(self, event: str, *, openid: str = "oCitizen_1", encrypted: bool = False, created: int = 0) -> Any:
        """An event such as subscribe: query and body."""
        document = self.document(openid, "event", {"Event": event, "EventKey": ""}, created=created)
        return self.wrapped(document, encrypted=encrypted)

    def message(
        self, openid: str, kind: str, fields: dict[str, str], *, encrypted: bool = False, message_id: str = ""
    ) -> tuple[dict[str, str], bytes]:
        """Any kind of message: query and body."""
        numbered = fields | {"MsgId": message_id or str(next(self._ids))}
        return self.wrapped(self.document(openid, kind, numbered), encrypted=encrypted)

    def document(self, openid: str, kind: str, fields: dict[str, str], *, created: int = 0) -> str:
        """The inner XML."""
        heads = {"ToUserName": ACCOUNT, "FromUserName": openid, "MsgType": kind} | fields
        lines = "".join(f"<{name}>{_cdata(value)}</{name}>" for name, value in heads.items())
        return f"<xml><CreateTime>{created or int(time.time())}</CreateTime>{lines}</xml>"

    def wrapped(self, document: str, *, encrypted: bool = False) -> tuple[dict[str, str], bytes]:
        """Query and body for a document; a new timestamp and nonce each time, as with each delivery."""
        query = self.signed()
        if not encrypted:
            return query, document.encode()
        crypto = WeChatCrypto(self.token, self.aes_key, self.app_id)
        envelope = xmltodict.parse(crypto.encrypt_message(document, query["nonce"], query["timestamp"]))["xml"]
        query |= {"encrypt_type": "aes", "msg_signature": envelope["MsgSignature"]}
        body = f"<xml><ToUserName>{_cdata(ACCOUNT)}</ToUserName><Encrypt>{_cdata(envelope['Encrypt'])}</Encrypt></xml>"
        return query, body.encode()

    def signed(self, *, timestamp: int | None = None) -> dict[str, str]:
        """``signature``, ``timestamp`` and ``nonce``, computed here and not by the library that checks them."""
        stamp, nonce = str(timestamp or int(time.time())), secrets.token_hex(5)
        signature = hashlib.sha1("".join(sorted([self.token, stamp, nonce])).encode()).hexdigest()  # noqa: S324
        return {"signature": signature, "timestamp": stamp, "nonce": nonce}

    def read(self, body: bytes, query: dict[str, str]) -> str:
        """The text a citizen sees for a reply; empty for ``success``. Fails where WeChat would show an error."""
        if body in (b"", b"success"):
            return ""
        document = body.decode()
        if query.get("encrypt_type") == "aes":
            reply = xmltodict.parse(document)["xml"]
            crypto = WeChatCrypto(self.token, self.aes_key, self.app_id)
            document = crypto.decrypt_message(document, reply["MsgSignature"], reply["TimeStamp"], reply["Nonce"])
        fields = xmltodict.parse(document)["xml"]
        content: str = fields["Content"]
        if fields["MsgType"] != "text" or fields["FromUserName"] != ACCOUNT or not fields["CreateTime"].isdigit():
            raise AssertionError(f"not a reply that WeChat takes: {fields}")
        if len(content.encode()) > MAX_CONTENT_BYTES:
            raise AssertionError("longer than WeChat takes")
        return content


@dataclass
class WeChatApi:
    """WeChat's API as an ASGI application: access tokens and customer-service messages."""

    app_id: str
    secret: str
    sent: list[tuple[str, str]] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    refusals: list[int] = field(default_factory=list)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one request."""
        body = b""
        while True:
            event = await receive()
            body += event.get("body", b"")
            if not event.get("more_body"):
                break
        answer = self._answer(scope["path"], scope["query_string"].decode(), json.loads(body))
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(answer).encode()})

    def _answer(self, path: str, query: str, body: dict[str, Any]) -> dict[str, Any]:
        if path == "/cgi-bin/stable_token":
            if (body["appid"], body["secret"]) != (self.app_id, self.secret):
                return {"errcode": 40125, "errmsg": "invalid appsecret"}
            self.tokens.append(f"token-{len(self.tokens) + 1}")
            return {"access_token": self.tokens[-1], "expires_in": 7200}
        if not self.tokens or query != f"access_token={self.tokens[-1]}":
            return {"errcode": 40001, "errmsg": "invalid credential"}
        if self.refusals:
            return {"errcode": self.refusals.pop(0), "errmsg": "refused"}
        if len(body["text"]["content"].encode()) > MAX_CONTENT_BYTES:
            return {"errcode": 45002, "errmsg": "content size out of limit"}
        self.sent.append((body["touser"], body["text"]["content"]))
        return {"errcode": 0, "errmsg": "ok"}


def _cdata(value: str) -> str:
    return f"<![CDATA[{value}]]>" if "]]>" not in value else escape(value)
