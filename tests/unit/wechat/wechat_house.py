"""A WeChat channel with a gateway that can be slow, a real Redis and a simulated WeChat."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
from fastapi import FastAPI
from redis.asyncio import Redis
from wechat_simulator import WeChatApi, WeChatSimulator

from actions.messages import Button, Part, TextPart
from bot.security.encryption import FieldCipher
from bot.settings import Settings
from channels.emergency import Emergency
from channels.inbound import Inbound, TurnResult
from channels.wechat.api import create_router
from channels.wechat.channel import WeChatChannel
from channels.wechat.memory import WeChatMemory
from channels.wechat.push import CustomerServiceClient
from tests.support.danger_judge import real_finder

TOKEN = "a-token-for-tests"
APP_ID = "wx0123456789abcdef"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
SECRET = "an-app-secret"


class FakeGateway:
    """Answers each message id once, after ``delay`` seconds."""

    def __init__(self) -> None:
        self.delay = 0.0
        self.handled: list[Inbound] = []
        self.unstored: list[Callable[[], Awaitable[Inbound]]] = []
        self.answers: dict[str, list[Part]] = {}
        self.answer: Callable[[Inbound], list[Part]] = lambda inbound: [TextPart(text=f"答：{inbound.text}")]

    async def handle(self, inbound: Inbound) -> TurnResult:
        if inbound.message_id not in self.answers:
            self.handled.append(inbound)
            await asyncio.sleep(self.delay)
            self.answers[inbound.message_id] = self.answer(inbound)
        return TurnResult("t1", self.answers[inbound.message_id], "answer")

    def emergency(self, text: str) -> Emergency | None:
        found = real_finder().find(text)
        return found if found and found.level == "certain" else None

    async def answer_emergency(self, emergency: Emergency, inbound: Callable[[], Awaitable[Inbound]]) -> TurnResult:
        self.unstored.append(inbound)
        return TurnResult("", emergency.parts, "emergency")

    def conversation_for(self, channel: str, external_id: str) -> str:
        assert channel == "wechat"
        return f"conversation-of-{external_id}"


class House:
    def __init__(self, redis: Redis, **changes: Any) -> None:
        values = {
            "wechat_token": TOKEN,
            "wechat_app_id": APP_ID,
            "wechat_aes_key": AES_KEY,
            "wechat_reply_seconds": 0.15,
            "wechat_compatible": True,
        }
        self.settings = Settings(_env_file=None, **(values | changes))
        self.gateway = FakeGateway()
        self.memory = WeChatMemory(redis, FieldCipher("s" * 40))
        self.wechat_api = WeChatApi(APP_ID, SECRET)
        self.customer_service = CustomerServiceClient(
            self.settings, redis, httpx.AsyncClient(transport=httpx.ASGITransport(self.wechat_api))
        )
        self.channel = self.new_channel()
        self.simulator = WeChatSimulator(TOKEN, APP_ID, AES_KEY)

    def new_channel(self) -> WeChatChannel:
        channel = WeChatChannel(
            self.settings,
            self.gateway,
            FieldCipher("s" * 40),
            memory=self.memory,
            customer_service=self.customer_service,
            greeting=lambda: ("您好，我是云州市政务服务助手。", [Button(title="居住证怎么办", payload="/whatever")]),
            given_up_after=0.3,
        )
        app = FastAPI()
        app.include_router(create_router(channel))
        self.client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://assistant")
        return channel

    async def post(self, delivery: tuple[dict[str, str], bytes]) -> httpx.Response:
        query, body = delivery
        return await self.client.post("/wechat", params=query, content=body)

    async def say(self, text: str, *, encrypted: bool = False, message_id: str = "") -> str:
        delivery = self.simulator.text(text, encrypted=encrypted, message_id=message_id)
        response = await self.post(delivery)
        assert response.status_code == 200
        return self.simulator.read(response.content, delivery[0])
