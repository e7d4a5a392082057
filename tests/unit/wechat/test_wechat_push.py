from __future__ import annotations

import logging

import httpx
import pytest
from redis.asyncio import Redis
from wechat_house import SECRET, House

from channels.wechat.push import CustomerServiceClient, PushError


@pytest.fixture
async def pushing(redis_client: Redis) -> House:
    return House(redis_client, wechat_secret=SECRET)


async def test_the_access_token_is_fetched_once_and_shared(pushing: House, redis_client: Redis) -> None:
    await pushing.customer_service.send("o1", "您好")
    other_process = House(redis_client, wechat_secret=SECRET)
    other_process.wechat_api.tokens = pushing.wechat_api.tokens
    await other_process.customer_service.send("o1", "再见")
    assert pushing.wechat_api.tokens == ["token-1"]
    assert (pushing.wechat_api.sent, other_process.wechat_api.sent) == ([("o1", "您好")], [("o1", "再见")])
    assert 0 < await redis_client.ttl("wechat:access_token") <= 6900


async def test_a_token_that_became_invalid_is_replaced_at_once(pushing: House, redis_client: Redis) -> None:
    await redis_client.set("wechat:access_token", "old")
    await pushing.customer_service.send("o1", "您好")
    assert pushing.wechat_api.sent == [("o1", "您好")]


async def test_a_wrong_secret_is_an_error_without_the_secret(redis_client: Redis) -> None:
    house = House(redis_client, wechat_secret="wrong-secret")
    with pytest.raises(PushError, match="40125") as error:
        await house.customer_service.send("o1", "您好")
    assert "wrong-secret" not in str(error.value)


async def test_final_refusals_are_told_from_passing_ones(pushing: House) -> None:
    for code, final in ((45015, True), (45047, True), (-1, False)):
        pushing.wechat_api.refusals = [code]
        with pytest.raises(PushError) as error:
            await pushing.customer_service.send("o1", "您好")
        assert error.value.final is final


async def test_an_unreachable_wechat_is_an_error_without_the_token(
    redis_client: Redis, pushing: House, caplog: pytest.LogCaptureFixture
) -> None:
    await redis_client.set("wechat:access_token", "token-that-is-secret")

    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError(f"no route to {request.url}")

    http = httpx.AsyncClient(transport=httpx.MockTransport(refuse))
    with caplog.at_level(logging.INFO), pytest.raises(PushError) as error:
        await CustomerServiceClient(pushing.settings, redis_client, http).send("o1", "您好")
    assert "token-that-is-secret" not in f"{error.value!r} {error.value.__cause__!r} {caplog.text}"


async def test_an_html_answer_is_an_error(redis_client: Redis, pushing: House) -> None:
    http = httpx.AsyncClient(transport=httpx.MockTransport(lambda _: httpx.Response(200, text="<html>")))
    with pytest.raises(PushError):
        await CustomerServiceClient(pushing.settings, redis_client, http).send("o1", "您好")
