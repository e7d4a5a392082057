"""A query code is open to the conversation's owner and in no stored message; a typed one is covered."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from actions.messages import TicketPart
from bot.security.encryption import FieldCipher
from bot.security.origin import origin_digest
from channels.conversations.reader import ConversationReader
from channels.conversations.service import ConversationService
from channels.rasa_client import DialogueReply
from nlu.entities.query_code import mask_query_codes
from tests.unit.channels.conftest import Desk

CODE = "K7Q2M9XA"


@pytest.fixture
def filed(desk: Desk, cipher: FieldCipher) -> Desk:
    """A desk whose dialogue answers every message with the card of a ticket that was just filed."""
    card = TicketPart(
        number="YZ20261130-00018",
        sealed_code=cipher.encrypt(CODE),
        kind_label="投诉",
        status="filed",
        status_label="待受理",
        summary="路灯坏了",
    )
    desk.dialogue.answer = lambda said: DialogueReply([card], "affirm", 1.0, [], [])
    return desk


def everything_stored(desk: Desk) -> str:
    with desk.sessions() as session:
        return str([session.execute(text(f"select * from {table}")).all() for table in ("messages", "turns")])  # noqa: S608


async def test_the_citizen_reads_the_code_at_once_again_and_after_a_reload(filed: Desk) -> None:
    first = await filed.gateway.handle(filed.inbound("确认提交"))
    again = await filed.gateway.handle(filed.inbound("确认提交"))
    reloaded = filed.conversations.transcript.messages(filed.conversation_id)[-1]
    one = filed.conversations.transcript.message(reloaded.seq)
    assert one is not None
    read = [first.messages[-1].parts, again.messages[-1].parts, reloaded.parts, one.parts]
    assert [(parts[0]["code"], parts[0]["sealed_code"]) for parts in read] == [(CODE, "")] * 4
    for result in (first, again):
        [card] = result.parts
        assert isinstance(card, TicketPart)
        assert (card.code, card.sealed_code) == (CODE, "")


async def test_no_table_and_no_view_of_staff_holds_the_code(filed: Desk) -> None:
    await filed.gateway.handle(filed.inbound("确认提交"))
    assert CODE not in everything_stored(filed)
    view = ConversationReader(filed.sessions).conversation(filed.conversation_id)
    assert view is not None
    assert CODE not in str([message.parts for one in view.exchanges for message in one.messages])


async def test_with_another_secret_the_code_is_left_out_and_the_rest_is_read(filed: Desk) -> None:
    await filed.gateway.handle(filed.inbound("确认提交"))
    other = ConversationService(filed.sessions, FieldCipher("another secret that is long enough"), lease=1)
    [card] = other.transcript.messages(filed.conversation_id)[-1].parts
    assert (card["code"], card["sealed_code"], card["summary"]) == ("", "", "路灯坏了")


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        (f"YZ20261130-00018 {CODE}", CODE),
        ("查进度 YZ20261130-00018，838526", "838526"),
        ("k7q2-m9xa", "k7q2-m9xa"),
        ("838526，谢谢", "838526"),
        ("我的查询码是Ｋ７Ｑ２Ｍ９ＸＡ", "Ｋ７Ｑ２Ｍ９ＸＡ"),
        ("查询码 838 526", "838 526"),
    ],
)
async def test_a_typed_code_is_covered_wherever_it_is_stored(desk: Desk, typed: str, code: str) -> None:
    result = await desk.gateway.handle(desk.inbound(typed))
    assert desk.dialogue.asked[-1][0] == typed, "the dialogue itself hears the code"
    with desk.sessions() as session:
        words, said = session.execute(
            text("select text, (select parts from messages where turn_id = turns.id and role = 'citizen') from turns")
        ).one()
    assert code not in words
    assert code not in str(said)
    assert code not in str(result.messages[0].parts)


@pytest.mark.parametrize(
    "kept", ["社保卡号后六位是什么", "2026年11月30日", "邮编100101寄到哪里去领居住证", "电话13800138000打不通"]
)
def test_what_is_no_code_is_not_taken_for_one(kept: str) -> None:
    assert mask_query_codes(kept) == kept


def test_conversations_of_one_address_have_one_origin_and_nobody_reads_the_address_from_it(
    desk: Desk, cipher: FieldCipher
) -> None:
    service = ConversationService(desk.sessions, cipher, lease=1, origin_key=b"k" * 32)
    here, again, there, unknown, odd = (
        service.origin_of(service.open("web", address=address).id)
        for address in ("203.0.113.7", "203.0.113.7", "203.0.113.8", "", "unix:")
    )
    assert here == again != there
    assert unknown == odd not in {"", here, there}  # one more origin, and no way around the limit
    assert "203.0.113" not in here
    assert len(here) == 64


def test_an_address_counts_without_what_its_owner_chooses_at_will() -> None:
    key = b"k" * 32
    assert origin_digest("2001:db8:1:2::1", key) == origin_digest("2001:db8:1:2:ffff::9", key)
    assert origin_digest("2001:db8:1:2::1", key) != origin_digest("2001:db8:1:3::1", key)
    assert origin_digest("::ffff:203.0.113.7", key) == origin_digest("203.0.113.7", key)
    assert origin_digest("fe80::1%eth0", key) == origin_digest("fe80::2", key)
    assert origin_digest("203.0.113.7", key) != origin_digest("203.0.113.7", b"x" * 32)
    assert origin_digest("testclient", key) == origin_digest("", key) != origin_digest("203.0.113.7", key)
    assert len(origin_digest("testclient", key)) == 64
