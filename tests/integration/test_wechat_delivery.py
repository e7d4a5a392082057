"""WeChat's callbacks against the running assistant: signed, encrypted, delivered again and again."""

import itertools
import re
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from assistant import RunningAssistant
from curator import Curator
from records import Records
from wechat_simulator import MAX_CONTENT_BYTES, WeChatSimulator

DELIVERIES = 3
numbers = itertools.count(1)


@pytest.fixture
def openid() -> str:
    """A follower nobody has met."""
    return f"oIntegration{next(numbers):04d}"


@pytest.mark.parametrize("encrypted", [False, True], ids=["plain", "aes"])
def test_a_message_delivered_three_times_at_once_is_answered_once(
    assistant: RunningAssistant, wechat: WeChatSimulator, records: Records, openid: str, encrypted: bool
) -> None:
    message_id = f"777{next(numbers):013d}"

    def deliver(_: int) -> str:
        query, body = wechat.text("居住证怎么办", openid=openid, encrypted=encrypted, message_id=message_id)
        response = post(assistant, query, body)
        assert response.status_code == 200
        return wechat.read(response.content, query)

    with ThreadPoolExecutor(DELIVERIES) as pool:
        answers = list(pool.map(deliver, range(DELIVERIES)))
    assert "【居住证申领】" in answers[0]
    assert "《居住证暂行条例》" in answers[0]
    assert set(answers) == {answers[0]}
    conversation = records.conversation_of(openid)
    assert [turn.message_id for turn in records.turns(conversation)] == [message_id]
    assert len(records.messages(conversation, "bot")) == 1


def test_a_number_chooses_what_was_offered(
    assistant: RunningAssistant, wechat: WeChatSimulator, records: Records, openid: str
) -> None:
    offered = say(assistant, wechat, openid, "居住证怎么办")
    number = re.search(r"^(\d+)\. 材料$", offered, re.MULTILINE)
    assert number, offered
    assert "需要准备" in say(assistant, wechat, openid, number[1])
    assert records.turns(records.conversation_of(openid))[-1].entry_id == "residence_permit.apply"


def test_an_answer_over_2048_bytes_is_read_in_pages(
    assistant: RunningAssistant, wechat: WeChatSimulator, curator: Curator, openid: str
) -> None:
    lines = [f"第{number}条：赛龙舟的队伍要在起点排好队，听到发令枪响以后再出发。" for number in range(1, 61)]
    entry_id = curator.publish(
        topic="utilities",
        title="青石河龙舟赛规则",
        question="青石河龙舟赛有哪些规则",
        similar=["青石河龙舟赛规则", "青石河龙舟赛怎么比"],
        answer="\n".join(lines),
    )
    time.sleep(1.0)
    read, pages = "", 0
    page = say(assistant, wechat, openid, "青石河龙舟赛有哪些规则")
    while pages < 10:
        pages += 1
        assert len(page.encode()) <= MAX_CONTENT_BYTES
        read += page
        if "回复“更多”" not in page:
            break
        page = say(assistant, wechat, openid, "更多")
    curator.retire(entry_id)
    assert pages > 1, read
    assert all(line in read for line in lines)


def test_the_server_is_verified(assistant: RunningAssistant, wechat: WeChatSimulator) -> None:
    query = wechat.verification("12345")
    with assistant.client() as http:
        assert http.get("/wechat", params=query).text == "12345"
        assert http.get("/wechat", params=query | {"signature": "0" * 40}).status_code == 403


@pytest.mark.parametrize("encrypted", [False, True], ids=["plain", "aes"])
def test_a_wrong_signature_is_refused_and_nothing_stored(
    assistant: RunningAssistant, records: Records, openid: str, encrypted: bool
) -> None:
    settings = assistant.settings
    forger = WeChatSimulator("not-the-token", settings.wechat_app_id, settings.wechat_aes_key.get_secret_value())
    before = records.counts()
    assert post(assistant, *forger.text("居住证怎么办", openid=openid, encrypted=encrypted)).status_code == 403
    assert records.counts() == before
    assert records.conversation_of(openid) == ""


def test_a_new_follower_is_greeted(assistant: RunningAssistant, wechat: WeChatSimulator, openid: str) -> None:
    query, body = wechat.event("subscribe", openid=openid, encrypted=True)
    assert "您好" in wechat.read(post(assistant, query, body).content, query)


def post(assistant: RunningAssistant, query: dict[str, str], body: bytes) -> httpx.Response:
    with assistant.client() as http:
        return http.post("/wechat", params=query, content=body, headers={"Content-Type": "text/xml"})


def say(assistant: RunningAssistant, wechat: WeChatSimulator, openid: str, text: str) -> Any:
    query, body = wechat.text(text, openid=openid, encrypted=True)
    return wechat.read(post(assistant, query, body).content, query)
