from __future__ import annotations

import time

import pytest
from redis.asyncio import Redis
from wechat_house import AES_KEY, APP_ID, TOKEN, House
from wechat_simulator import WeChatSimulator

from actions.messages import TextPart


async def test_the_server_is_verified_with_its_echo(house: House) -> None:
    response = await house.client.get("/wechat", params=house.simulator.verification("echo-1"))
    assert (response.status_code, response.text) == (200, "echo-1")
    assert response.headers["content-type"].startswith("text/plain")


async def test_a_wrong_token_is_not_verified(house: House) -> None:
    stranger = WeChatSimulator("another-token")
    response = await house.client.get("/wechat", params=stranger.verification("echo-1"))
    assert response.status_code == 403
    assert "echo-1" not in response.text


@pytest.mark.parametrize("encrypted", [False, True])
async def test_a_signed_message_gets_its_answer(house: House, encrypted: bool) -> None:
    assert await house.say("居住证怎么办", encrypted=encrypted) == "答：居住证怎么办"
    inbound = house.gateway.handled[0]
    assert (inbound.channel, inbound.kind, inbound.conversation_id) == ("wechat", "text", "conversation-of-oCitizen_1")


@pytest.mark.parametrize("encrypted", [False, True])
async def test_an_encrypted_reply_only_for_an_encrypted_message(house: House, encrypted: bool) -> None:
    response = await house.post(house.simulator.text("你好", encrypted=encrypted))
    assert (b"<Encrypt>" in response.content) == encrypted


@pytest.mark.parametrize("encrypted", [False, True])
async def test_three_deliveries_make_one_turn_and_one_answer(house: House, encrypted: bool) -> None:
    answers = [await house.say("路灯坏了", encrypted=encrypted, message_id="77") for _ in range(3)]
    assert answers == ["答：路灯坏了"] * 3
    assert [inbound.message_id for inbound in house.gateway.handled] == ["77"]


def tampered(house: House) -> dict[str, tuple[dict[str, str], bytes]]:
    plain_query, plain_body = house.simulator.text("你好")
    query, body = house.simulator.text("你好", encrypted=True)
    stranger = WeChatSimulator("another-token", APP_ID, AES_KEY)
    other_account = WeChatSimulator(TOKEN, "wxffffffffffffffff", AES_KEY)
    other_key = WeChatSimulator(TOKEN, APP_ID, AES_KEY[::-1])
    old = house.simulator.signed(timestamp=int(time.time()) - 301)
    future = house.simulator.signed(timestamp=int(time.time()) + 301)
    return {
        "unsigned": ({}, plain_body),
        "empty signature": (plain_query | {"signature": ""}, plain_body),
        "not ascii": (plain_query | {"signature": "签名"}, plain_body),
        "wrong signature": (plain_query | {"signature": "0" * 40}, plain_body),
        "other nonce": (plain_query | {"nonce": "1"}, plain_body),
        "stranger": stranger.text("你好"),
        "stranger encrypted": stranger.text("你好", encrypted=True),
        "stale": (old, plain_body),
        "from the future": (future, plain_body),
        "no number": (plain_query | {"timestamp": "١٢٣"}, plain_body),
        "plain signature only": ({k: v for k, v in query.items() if k != "msg_signature"}, body),
        "body changed": (query, body.replace(b"</Encrypt>", b"=</Encrypt>")),
        "other account": other_account.text("你好", encrypted=True),
        "other key": other_key.text("你好", encrypted=True),
        "no envelope": (query, b"<xml></xml>"),
        "not xml": (query, b"\xff\xfe"),
        "endless nonce": (plain_query | {"nonce": "1" * 5000}, plain_body),
    }


async def test_what_is_not_provably_wechats_is_refused_and_leaves_nothing(house: House, redis_client: Redis) -> None:
    for name, delivery in tampered(house).items():
        response = await house.post(delivery)
        assert response.status_code == 403, name
    assert house.gateway.handled == []
    assert await redis_client.keys("*") == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"hello",
        b"<xml>",
        b"\xff\xfe<xml></xml>",
        b"<xml><MsgType>text</MsgType></xml>",
        b"<xml><FromUserName>o1</FromUserName><CreateTime>soon</CreateTime><MsgType>text</MsgType></xml>",
        b"<xml><FromUserName>o1</FromUserName><CreateTime>1</CreateTime></xml>",
        b"<xml><FromUserName>../../etc</FromUserName><CreateTime>1</CreateTime><MsgType>text</MsgType></xml>",
        b"<a>" * 500 + b"</a>" * 500,
        b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><xml><FromUserName>o1</FromUserName>'
        b"<CreateTime>1</CreateTime><MsgType>text</MsgType><Content>&b;</Content></xml>",
        b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><xml><FromUserName>o1</FromUserName>'
        b"<CreateTime>1</CreateTime><MsgType>text</MsgType></xml>",
    ],
)
async def test_signed_but_unreadable_documents_are_refused(house: House, body: bytes) -> None:
    response = await house.post((house.simulator.signed(), body))
    assert response.status_code == 400
    assert house.gateway.handled == []


async def test_a_message_may_speak_of_doctypes(house: House) -> None:
    assert await house.say("<!DOCTYPE html> & <b>网页</b>") == "答：<!DOCTYPE html> & <b>网页</b>"


async def test_a_reply_cannot_break_out_of_its_document(house: House) -> None:
    assert await house.say("x", message_id="1") == "答：x"
    house.gateway.answer = lambda inbound: [TextPart(text="]]><evil/>\x00\x08")]
    assert await house.say("y", message_id="2") == "]]＞<evil/>"


async def test_large_bodies_are_refused(house: House) -> None:
    response = await house.post((house.simulator.signed(), b"x" * 70_000))
    assert response.status_code == 413


async def test_encrypted_messages_need_a_key(redis_client: Redis) -> None:
    house = House(redis_client, wechat_aes_key="")
    assert (await house.post(house.simulator.text("你好", encrypted=True))).status_code == 403
    assert await house.say("你好") == "答：你好"
    await house.channel.close()


async def test_without_configuration_there_is_no_such_address(redis_client: Redis) -> None:
    house = House(redis_client, wechat_token="")
    assert (await house.client.get("/wechat", params=house.simulator.verification())).status_code == 404
    assert (await house.post(house.simulator.text("你好"))).status_code == 404
    await house.channel.close()
