from __future__ import annotations

import asyncio

import pytest
from redis.asyncio import Redis
from wechat_house import SECRET, House

from actions.messages import Button, StaffPart, TextPart
from channels.errors import ChannelError
from channels.inbound import Inbound
from channels.wechat.push import PushError

CHOICES = TextPart(
    text="您想问的是：", buttons=[Button(title="办居住证", payload="/a"), Button(title="签注", payload="/b")]
)


async def until(condition: object) -> None:
    for _ in range(100):
        if condition():  # type: ignore[operator]
            return
        await asyncio.sleep(0.02)
    raise AssertionError("did not happen within two seconds")


async def test_following_brings_greeting_and_numbered_questions_which_can_be_chosen(house: House) -> None:
    delivery = house.simulator.event("subscribe", encrypted=True)
    seen = house.simulator.read((await house.post(delivery)).content, delivery[0])
    assert seen == "您好，我是云州市政务服务助手。\n回复数字选择：\n1. 居住证怎么办"
    assert await house.say("1") == "答：居住证怎么办"
    assert house.gateway.handled[0].kind == "text"


async def test_other_events_are_acknowledged_silently(house: House) -> None:
    response = await house.post(house.simulator.event("unsubscribe"))
    assert (response.status_code, response.text) == (200, "success")
    assert house.gateway.handled == []


@pytest.mark.parametrize("kind", ["image", "voice", "location", "shortvideo"])
async def test_what_is_not_text_gets_a_kind_sentence(house: House, kind: str) -> None:
    delivery = house.simulator.message("oCitizen_1", kind, {"MediaId": "m1"})
    seen = house.simulator.read((await house.post(delivery)).content, delivery[0])
    assert "文字" in seen
    assert house.gateway.handled == []


@pytest.mark.parametrize("reply", ["2", "２", "2.", " 2、", "签注", " 签注 "])
async def test_a_choice_is_made_by_number_or_by_its_words(house: House, reply: str) -> None:
    house.gateway.answer = lambda inbound: [CHOICES]
    assert await house.say("居住证") == "您想问的是：\n回复数字选择：\n1. 办居住证\n2. 签注"
    await house.say(reply)
    chosen = house.gateway.handled[-1]
    assert (chosen.kind, chosen.payload, chosen.text) == ("payload", "/b", "签注")


async def test_a_number_that_was_not_offered_is_text(house: House) -> None:
    house.gateway.answer = lambda inbound: [CHOICES]
    await house.say("居住证")
    await house.say("3")
    assert house.gateway.handled[-1].kind == "text"
    house.gateway.answer = lambda inbound: [TextPart(text="请问您的电话？")]
    await house.say("投诉")
    await house.say("1")
    assert (house.gateway.handled[-1].kind, house.gateway.handled[-1].text) == ("text", "1")


async def test_choices_belong_to_one_citizen(house: House) -> None:
    house.gateway.answer = lambda inbound: [CHOICES]
    await house.say("居住证")
    await house.post(house.simulator.text("1", openid="oOther"))
    assert house.gateway.handled[-1].kind == "text"


async def test_a_long_answer_is_read_page_by_page_to_its_end(house: House) -> None:
    sentences = [f"第{index}句话，说的是怎么办理居住证以及要带哪些材料。" for index in range(60)]
    house.gateway.answer = lambda inbound: [TextPart(text="".join(sentences), buttons=CHOICES.buttons)]
    pages = [await house.say("居住证", message_id="1")]
    while pages[-1].endswith("回复“更多”看余下内容"):
        pages.append(await house.say("更多"))
    assert len(pages) == 3
    assert all(len(page.encode()) <= 2048 for page in pages)
    whole = "".join(page.removesuffix("\n\n回复“更多”看余下内容") for page in pages)
    assert whole.startswith("".join(sentences))
    assert len(house.gateway.handled) == 1
    await house.say("1")
    assert house.gateway.handled[-1].payload == "/a"


async def test_the_same_more_delivered_twice_shows_the_same_page(house: House) -> None:
    house.gateway.answer = lambda inbound: [TextPart(text="很长的话。" * 500)]
    await house.say("说说")
    assert await house.say("更多", message_id="9") == await house.say("更多", message_id="9")


async def test_a_refusal_is_said_in_the_citizens_language(house: House) -> None:
    def refuse(inbound: Inbound) -> list[object]:
        raise ChannelError("too_many_messages")

    house.gateway.answer = refuse  # type: ignore[assignment]
    assert "稍等" in await house.say("你好")


async def test_a_failure_is_said_kindly_and_quotes_nobody(house: House, caplog: pytest.LogCaptureFixture) -> None:
    def fail(inbound: Inbound) -> list[object]:
        raise RuntimeError(f"cannot handle {inbound.text}")

    house.gateway.answer = fail  # type: ignore[assignment]
    assert "您的消息已经收到" in await house.say("我的电话13800138000")
    assert "13800138000" not in caplog.text


async def test_a_bot_that_stays_silent_says_nothing(house: House) -> None:
    house.gateway.answer = lambda inbound: []
    assert await house.say("在吗") == ""


async def test_without_customer_service_a_later_delivery_picks_the_answer_up(house: House) -> None:
    house.gateway.delay = 0.4
    first = await house.post(house.simulator.text("慢", message_id="5"))
    assert (first.status_code, first.content) == (503, b"")
    assert await house.say("慢", message_id="5") == "答：慢"
    assert await house.say("慢", message_id="5") == "答：慢"
    assert len(house.gateway.handled) == 1


async def test_after_the_last_delivery_the_citizen_asks_for_the_answer(house: House) -> None:
    house.gateway.delay = 1.0
    for _ in range(2):
        assert (await house.post(house.simulator.text("很慢", message_id="5"))).status_code == 503
    assert "更多" in await house.say("很慢", message_id="5")
    assert "更多" in await house.say("更多", message_id="6")
    await asyncio.sleep(0.6)
    assert await house.say("更多", message_id="7") == "答：很慢"
    assert len(house.gateway.handled) == 1


async def test_a_late_answer_is_pushed_once_when_the_account_can(redis_client: Redis) -> None:
    house = House(redis_client, wechat_secret=SECRET)
    house.gateway.delay = 0.3
    replies = await asyncio.gather(*(house.say("慢", message_id="5") for _ in range(3)))
    assert replies == ["", "", ""]
    await until(lambda: house.wechat_api.sent)
    await house.channel.close()
    assert house.wechat_api.sent == [("oCitizen_1", "答：慢")]
    assert len(house.gateway.handled) == 1


async def test_a_late_answer_that_cannot_be_pushed_is_there_for_the_asking(redis_client: Redis) -> None:
    house = House(redis_client, wechat_secret=SECRET)
    house.wechat_api.refusals = [45015]
    house.gateway.delay = 0.3
    assert await house.say("慢") == ""
    await house.channel.close()
    house.gateway.delay = 0
    assert await house.say("更多") == "答：慢"


async def test_staff_replies_are_pushed_once_per_key(redis_client: Redis) -> None:
    house = House(redis_client, wechat_secret=SECRET)
    part = StaffPart(text="路灯修好了。", author="云州市城市管理局", ticket_number="YZ20261116-00017")
    for _ in range(2):
        await house.channel.push("oCitizen_1", "conversation-of-oCitizen_1", [part], key="event-1")
    await house.channel.close()
    assert house.wechat_api.sent == [("oCitizen_1", "【云州市城市管理局】答复工单 YZ20261116-00017：\n路灯修好了。")]


@pytest.mark.parametrize("secret", ["", SECRET])
async def test_a_staff_reply_that_cannot_be_sent_comes_with_the_next_answer(redis_client: Redis, secret: str) -> None:
    house = House(redis_client, wechat_secret=secret)
    house.wechat_api.refusals = [45015]
    part = StaffPart(text="路灯修好了。", author="城管局")
    assert not await house.channel.push("oCitizen_1", "conversation-of-oCitizen_1", [part], key="event-1")
    assert await house.say("你好") == "【城管局】\n路灯修好了。\n\n答：你好"
    assert await house.say("再见") == "答：再见"
    await house.channel.close()


async def test_a_push_that_may_succeed_later_can_be_tried_again(redis_client: Redis) -> None:
    house = House(redis_client, wechat_secret=SECRET)
    house.wechat_api.refusals = [-1]
    with pytest.raises(PushError):
        await house.channel.push("o1", "c1", [StaffPart(text="好了")], key="k")
    assert await house.channel.push("o1", "c1", [StaffPart(text="好了")], key="k")
    await house.channel.close()


async def test_danger_is_answered_while_redis_and_the_database_are_away(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise ConnectionError("Redis is away")

    with monkeypatch.context() as patch:
        for name in ("count_delivery", "answer", "load", "save", "remember_answer"):
            patch.setattr(house.memory, name, away)
        patch.setattr(house.gateway, "conversation_for", away)
        answers = [await house.say("我邻居家着火了，人困在里面", message_id="5") for _ in range(3)]
    assert "119" in answers[0]
    assert set(answers) == {answers[0]}
    assert house.gateway.handled == []
    kept = [await inbound() for inbound in house.gateway.unstored]
    assert {(one.message_id, one.conversation_id, one.kind) for one in kept} == {
        ("5", "conversation-of-oCitizen_1", "text")
    }


async def test_a_push_that_failed_at_the_last_try_waits_for_the_next_message(redis_client: Redis) -> None:
    house = House(redis_client, wechat_secret=SECRET)
    house.wechat_api.refusals = [-1]
    conversation = "conversation-of-oCitizen_1"
    assert not await house.channel.push(
        "oCitizen_1", conversation, [StaffPart(text="好了", author="城管局")], key="k", last_try=True
    )
    assert await house.say("在吗") == "【城管局】\n好了\n\n答：在吗"
    await house.channel.close()
