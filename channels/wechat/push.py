"""Customer-service messages (客服消息): what is sent to a citizen outside the reply to a callback.

WeChat allows them for 48 hours after the citizen's last message. The access token is shared by all processes through
Redis; ``stable_token`` gives the same token to all who ask while it is valid
(https://developers.weixin.qq.com/doc/service/api/base/api_getstableaccesstoken).
"""

from __future__ import annotations

import json
import logging
from typing import Any

import httpx
from redis.asyncio import Redis

from bot.settings import Settings

TOKEN_KEY = "wechat:access_token"  # noqa: S105 - the name of a Redis key
TOKEN_MARGIN = 300
INVALID_TOKEN = {40001, 40014, 42001}
FINAL = {43004, 43019, 45015, 45047, 48001}
TIMEOUT = 10.0


class PushError(Exception):
    """The message was not sent. ``final``: sending it again will not help (48 hours over, not a follower, no right)."""

    def __init__(self, message: str, *, final: bool = False) -> None:
        super().__init__(message)
        self.final = final


class CustomerServiceClient:
    """Sends texts through the API at ``settings.wechat_api_base``."""

    def __init__(self, settings: Settings, redis: Redis, http: httpx.AsyncClient) -> None:
        self._app_id = settings.wechat_app_id
        self._secret = settings.wechat_secret.get_secret_value()
        self._base = settings.wechat_api_base.rstrip("/")
        self._redis: Any = redis
        self._http = http
        # httpx logs whole addresses at INFO, and WeChat wants the access token in the address.
        logging.getLogger("httpx").setLevel(logging.WARNING)

    @property
    def configured(self) -> bool:
        """Whether AppID and AppSecret are set."""
        return bool(self._app_id and self._secret)

    async def send(self, openid: str, text: str) -> None:
        """Send one text of at most 2,048 bytes; raises PushError."""
        message = {"touser": openid, "msgtype": "text", "text": {"content": text}}
        code = await self._send_once(message)
        if code in INVALID_TOKEN:
            await self._redis.delete(TOKEN_KEY)
            code = await self._send_once(message)
        if code:
            raise PushError(f"WeChat refused the message with code {code}", final=code in FINAL)

    async def _send_once(self, message: dict[str, Any]) -> int:
        token = await self._token()
        answer = await self._post(f"/cgi-bin/message/custom/send?access_token={token}", message)
        return int(answer.get("errcode", 0))

    async def _token(self) -> str:
        stored = await self._redis.get(TOKEN_KEY)
        if stored:
            return stored.decode() if isinstance(stored, bytes) else str(stored)
        asked = {"grant_type": "client_credential", "appid": self._app_id, "secret": self._secret}
        answer = await self._post("/cgi-bin/stable_token", asked)
        token = str(answer.get("access_token", ""))
        if not token:
            raise PushError(f"WeChat gave no access token: code {answer.get('errcode')}")
        seconds = max(60, int(answer.get("expires_in", 7200)) - TOKEN_MARGIN)
        await self._redis.set(TOKEN_KEY, token, ex=seconds)
        return token

    async def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        # WeChat shows escaped characters as they are, so Chinese must not be escaped.
        content = json.dumps(body, ensure_ascii=False).encode()
        headers = {"content-type": "application/json"}
        try:
            response = await self._http.post(self._base + path, content=content, headers=headers, timeout=TIMEOUT)
            response.raise_for_status()
            answer = response.json()
        except (httpx.HTTPError, ValueError) as error:
            # No cause is chained: its message holds the address with the token.
            raise PushError(f"WeChat cannot be reached: {type(error).__name__}") from None
        if not isinstance(answer, dict):
            raise PushError("WeChat answered with something that is not an object")
        return answer
