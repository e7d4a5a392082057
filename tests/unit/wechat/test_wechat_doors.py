"""What comes in at /wechat that is no ordinary message: plain text to an encrypted door, used signatures, odd fields."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Any

import pytest
import redis.asyncio
from hypothesis import given
from hypothesis import strategies as st
from redis.asyncio import Redis
from sqlalchemy.exc import OperationalError
from wechat_house import AES_KEY, APP_ID, TOKEN, House

from bot.security.encryption import FieldCipher
from channels.inbound import Inbound
from channels.wechat.memory import WeChatMemory
from channels.wechat.wire import Malformed, WeChatWire, read_message

PHOTO = {"MediaId": "m1"}


@pytest.fixture
async def strict(redis_client: Redis) -> Any:
    house = House(redis_client, wechat_compatible=False)
    yield house
    await house.channel.close()


async def test_with_a_key_plain_messages_are_refused_unless_the_account_is_being_moved(
    strict: House, house: House
) -> None:
    assert (await strict.post(strict.simulator.text("你好"))).status_code == 403
    assert strict.gateway.handled == []
    assert await strict.say("你好", encrypted=True) == "答：你好"
    assert await house.say("你好") == "答：你好"


async def test_a_signature_from_a_log_signs_no_other_message(house: House) -> None:
    query, body = house.simulator.text("居住证怎么办")
    assert (await house.post((query, body))).status_code == 200
    _, forged = house.simulator.text("我要撤回我的投诉", openid="oVictim")
    assert (await house.post((query, forged))).status_code == 403
    assert [inbound.text for inbound in house.gateway.handled] == ["居住证怎么办"]


async def test_a_signature_that_verified_the_server_signs_no_message(house: House) -> None:
    query = house.simulator.verification("echo-1")
    assert (await house.client.get("/wechat", params=query)).status_code == 200
    _, forged = house.simulator.text("我要撤回我的投诉", openid="oVictim")
    assert (await house.post((query, forged))).status_code == 403
    assert (await house.client.get("/wechat", params=query | {"echostr": "echo-2"})).status_code == 403
    used, _ = delivery = house.simulator.text("居住证怎么办")
    assert (await house.post(delivery)).status_code == 200
    assert (await house.client.get("/wechat", params=used | {"echostr": "echo-1"})).status_code == 403
    assert [inbound.text for inbound in house.gateway.handled] == ["居住证怎么办"]


@pytest.mark.parametrize("encrypted", [False, True])
async def test_a_delivery_that_is_repeated_as_it_was_gets_the_same_answer_three_times_at_most(
    house: House, encrypted: bool
) -> None:
    delivery = house.simulator.text("路灯坏了", encrypted=encrypted)
    responses = [await house.post(delivery) for _ in range(4)]
    assert [response.status_code for response in responses] == [200, 200, 200, 403]
    seen = {house.simulator.read(response.content, delivery[0]) for response in responses[:3]}
    assert seen == {"答：路灯坏了"}
    assert len(house.gateway.handled) == 1


async def test_a_used_signature_is_remembered_as_long_as_its_time_counts(house: House, redis_client: Redis) -> None:
    await house.say("你好")
    [key] = await redis_client.keys("wechat:signature:*")
    assert 500 < await redis_client.ttl(key) <= 600


async def test_without_redis_a_signature_counts_by_its_time_and_that_is_logged(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    house.channel._memory = WeChatMemory(redis.asyncio.Redis(port=1), FieldCipher("s" * 40))
    callback = house.channel.wire.open(*house.simulator.text("你好", encrypted=True))  # type: ignore[union-attr]
    assert await house.channel.genuine(callback)
    assert "not checked for reuse" in caplog.text


async def test_without_redis_a_delivery_is_left_for_the_next(house: House) -> None:
    house.channel._memory = WeChatMemory(redis.asyncio.Redis(port=1), FieldCipher("s" * 40))
    response = await house.post(house.simulator.text("你好"))
    assert (response.status_code, response.headers["retry-after"]) == (503, "5")


async def test_a_database_that_refuses_leaves_the_message_for_the_next_delivery(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    answer = house.gateway.answer

    def locked(_inbound: Inbound) -> Any:
        raise OperationalError("INSERT INTO turns", {"text": "我叫王小明"}, Exception("database is locked"))

    house.gateway.answer = locked
    first = house.simulator.text("路灯坏了", message_id="77")
    assert (await house.post(first)).status_code == 503
    assert "王小明" not in caplog.text
    assert len([one for one in caplog.records if one.levelno >= logging.WARNING]) == 1
    house.gateway.answer = answer
    assert await house.say("路灯坏了", message_id="77") == "答：路灯坏了"


async def test_ids_that_two_people_have_in_common_are_two_messages(house: House) -> None:
    assert await house.say("居住证怎么办", message_id="5") == "答：居住证怎么办"
    delivery = house.simulator.text("护照怎么办", openid="oOther", message_id="5")
    house.gateway.answers.clear()
    assert house.simulator.read((await house.post(delivery)).content, delivery[0]) == "答：护照怎么办"


@pytest.mark.parametrize(
    "notice", ["【收到不支持的消息类型，暂无法显示】", "[Unsupported Message]", " [Unsupported Message] "]
)
async def test_a_notice_of_wechat_is_no_question(house: House, notice: str) -> None:
    assert "我现在只能读文字" in await house.say(notice)
    assert house.gateway.handled == []


async def test_a_question_about_the_notice_is_one(house: House) -> None:
    asked = "为什么显示【收到不支持的消息类型，暂无法显示】"
    assert await house.say(asked) == f"答：{asked}"


async def test_a_voice_that_was_written_down_is_read_and_another_is_not(house: House) -> None:
    heard = house.simulator.message("oCitizen_1", "voice", PHOTO | {"Format": "amr", "Recognition": "居住证怎么办！"})
    assert house.simulator.read((await house.post(heard)).content, heard[0]) == "答：居住证怎么办！"
    unheard = house.simulator.message("oCitizen_1", "voice", PHOTO | {"Format": "speex", "Recognition": ""})
    assert "语音收到了" in house.simulator.read((await house.post(unheard)).content, unheard[0])
    assert len(house.gateway.handled) == 1


def document(created: str, message_id: str = "1", event: str = "") -> str:
    tail = f"<Event>CLICK</Event><EventKey>{event}</EventKey>" if event else f"<MsgId>{message_id}</MsgId>"
    return (
        f"<xml><FromUserName>o1</FromUserName><CreateTime>{created}</CreateTime><MsgType>text</MsgType>"
        f"<Content>你好</Content>{tail}</xml>"
    )


@pytest.mark.parametrize("created", ["0", "1", str(2**31), str(2**63), "999999999999", "9" * 20])
def test_an_absurd_time_is_taken_as_now(created: str) -> None:
    now = time.time()
    assert read_message(document(created), now).at.timestamp() == pytest.approx(now)


@pytest.mark.parametrize("created", ["-1", "soon", "", "1e9", "١٢٣", "9" * 21])
def test_what_is_no_time_is_malformed(created: str) -> None:
    with pytest.raises(Malformed):
        read_message(document(created), time.time())


def test_two_presses_within_a_second_are_two_and_a_press_delivered_again_is_one() -> None:
    now = time.time()
    ids = [read_message(document(str(int(now)), event=key), now).message_id for key in ("fees", "hours", "fees")]
    assert ids[0] == ids[2] != ids[1]


def test_an_id_longer_than_any_is_malformed() -> None:
    with pytest.raises(Malformed):
        read_message(document("1", "7" * 129), time.time())


@given(created=st.text(max_size=30), message_id=st.text(max_size=200), content=st.binary(max_size=300))
def test_whatever_stands_in_a_document_it_is_read_or_malformed(created: str, message_id: str, content: bytes) -> None:
    wire = WeChatWire(TOKEN, APP_ID, AES_KEY)
    for xml in (document(created, message_id), content.decode(errors="replace")):
        try:
            message = read_message(xml, wire._now())
        except Malformed:
            continue
        assert len(message.message_id) <= 128
        assert abs(message.at.timestamp() - time.time()) < 24 * 3600 + 60


async def test_a_redis_that_does_not_answer_keeps_no_delivery_waiting(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def hang(*_: object) -> bool:
        await asyncio.sleep(3600)
        return False

    monkeypatch.setattr("channels.wechat.channel.SIGNATURE_SECONDS", 0.05)
    monkeypatch.setattr(house.memory, "good_signature", hang)
    callback = house.channel.wire.open(*house.simulator.text("你好", encrypted=True))  # type: ignore[union-attr]
    assert await house.channel.genuine(callback)
    assert "not checked for reuse" in caplog.text
