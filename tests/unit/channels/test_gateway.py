import asyncio
import re
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st
from sqlalchemy import text as sql

from actions.messages import Button, EmergencyPart, TextPart
from bot.database import utcnow
from channels.conversations.models import Message, Turn, UnresolvedQuestion
from channels.emergency import emergency_of
from channels.emergency_words import load_words
from channels.errors import ChannelError
from channels.rasa_client import DialogueReply, MessageTooHeavy
from nlu.danger import Danger, corpus
from nlu.text import clean
from tests.unit.channels.clock import Clock
from tests.unit.channels.conftest import LEASE, Desk


async def test_a_turn_is_answered_and_kept_with_its_grounds(desk: Desk) -> None:
    result = await desk.gateway.handle(desk.inbound("孩子怎么上户口"))
    assert result.parts == [TextPart(text="答：孩子怎么上户口")]
    assert result.decision == "answer"
    assert {"danger", "rasa", "total"} <= result.latency_ms.keys()
    roles = [view.role for view in desk.conversations.transcript.messages(desk.conversation_id)]
    assert roles == ["bot", "citizen", "bot"]


async def test_the_same_message_again_gets_the_same_answer_and_is_not_asked_twice(desk: Desk) -> None:
    first = await desk.gateway.handle(desk.inbound("你好"))
    again = await desk.gateway.handle(desk.inbound("你好"))
    assert (again.turn_id, again.parts, again.duplicate) == (first.turn_id, first.parts, True)
    assert len(desk.dialogue.asked) == 1
    assert desk.rows(Turn) == 1


async def test_the_same_message_many_times_at_once_is_one_turn(desk: Desk) -> None:
    results = await asyncio.gather(*(desk.gateway.handle(desk.inbound("你好")) for _ in range(8)))
    assert len({result.turn_id for result in results}) == 1
    assert len(desk.dialogue.asked) == 1
    assert desk.rows(Message) == 3


async def test_danger_is_answered_before_the_dialogue_hears_of_it(desk: Desk) -> None:
    result = await desk.gateway.handle(desk.inbound("家里着火了，浓烟进来了"))
    assert isinstance(result.parts[0], EmergencyPart)
    assert result.parts[0].phones[0] == Button(title="119 消防救援", payload="tel:119")
    assert (result.decision, result.parts[0].level) == ("emergency", "certain")
    assert desk.dialogue.asked == []


async def test_where_danger_is_possible_the_numbers_stand_above_the_ordinary_reply(desk: Desk) -> None:
    desk.judge.found = Danger("possible", 0.3, 0.6, ("self_harm",))
    result = await desk.gateway.handle(desk.inbound("活着挺没意思的，低保怎么办"))
    assert [part.type for part in result.parts] == ["emergency", "text"]
    assert isinstance(result.parts[0], EmergencyPart)
    assert result.parts[0].level == "possible"
    assert result.decision == "answer"


async def test_words_of_failure_carry_the_numbers_too(desk: Desk) -> None:
    desk.judge.found = Danger("possible", 0.3, 0.6, ("violence",))
    desk.dialogue.fails = MessageTooHeavy()
    result = await desk.gateway.handle(desk.inbound("总有人跟着我"))
    assert [part.type for part in result.parts] == ["emergency", "text"]
    assert result.decision == "unresolved"


@pytest.mark.parametrize(("kind", "number"), [("self_harm", "12356"), ("violence_home", "12110")])
async def test_who_spoke_of_suicide_or_violence_is_not_left_with_a_polite_phrase(
    desk: Desk, kind: str, number: str
) -> None:
    desk.judge.found = Danger("certain", 0.9, 0.95, (kind,))
    await desk.gateway.handle(desk.inbound("说的是危险", "message-1"))
    desk.judge.found = Danger("none", 0.0, 0.0)
    for place in (2, 3):
        result = await desk.gateway.handle(desk.inbound("谢谢", f"message-{place}"))
        assert isinstance(result.parts[0], TextPart)
        assert number in result.parts[0].text
        assert result.parts[1] == TextPart(text="答：谢谢")


async def test_after_suicide_nobody_is_told_that_it_was_a_pleasure(desk: Desk) -> None:
    desk.judge.found = Danger("certain", 0.9, 0.95, ("self_harm",))
    await desk.gateway.handle(desk.inbound("说的是危险", "message-1"))
    desk.judge.found = Danger("none", 0.0, 0.0)
    desk.dialogue.answer = lambda text: DialogueReply([TextPart(text="不客气。")], "thank", 0.9, [], [])
    result = await desk.gateway.handle(desk.inbound("谢谢", "message-2"))
    assert len(result.parts) == 1
    assert isinstance(result.parts[0], TextPart)
    assert "12356" in result.parts[0].text


async def test_after_another_danger_the_conversation_goes_on_as_before(desk: Desk) -> None:
    desk.judge.found = Danger("certain", 0.9, 0.95, ("lift",))
    await desk.gateway.handle(desk.inbound("说的是危险", "message-1"))
    desk.judge.found = Danger("none", 0.0, 0.0)
    result = await desk.gateway.handle(desk.inbound("谢谢", "message-2"))
    assert result.parts == [TextPart(text="答：谢谢")]


def test_every_kind_of_danger_has_words_and_numbers_that_can_be_called() -> None:
    words = load_words()
    assert all(re.fullmatch(r"(tel|sms):\d+", phone) for phone in words.phones)
    assert all(label.startswith(phone.split(":")[1] + " ") for phone, label in words.phones.items())
    kinds = {row.kind for row in corpus.read(corpus.files()) if row.level != "none"}
    assert words.kinds.keys() == kinds
    for kind in words.kinds.values():
        assert kind["phones"]
        assert set(kind["phones"]) <= words.phones.keys()
        assert kind.get("follow_up", "suicide") in words.follow_up


def test_help_for_the_body_comes_first() -> None:
    both = emergency_of(Danger("certain", 0.9, 0.9, ("self_harm", "poisoning"))).parts[0]
    assert isinstance(both, EmergencyPart)
    assert [phone.payload for phone in both.phones][:2] == ["tel:120", "tel:110"]
    assert "tel:12356" in [phone.payload for phone in both.phones]


async def test_when_the_dialogue_is_down_the_message_is_kept_and_answered_when_sent_again(desk: Desk) -> None:
    desk.dialogue.down = True
    with pytest.raises(ChannelError) as refused:
        await desk.gateway.handle(desk.inbound("你好"))
    assert refused.value.code == "assistant_unavailable"
    assert "已经收到" in refused.value.text("zh")
    desk.dialogue.down = False
    result = await desk.gateway.handle(desk.inbound("你好"))
    assert result.parts == [TextPart(text="答：你好")]
    assert desk.dialogue.asked == [("你好", False), ("你好", True)]
    assert desk.rows(Turn) == 1


async def test_a_turn_that_a_killed_process_left_behind_is_finished_and_told(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock(monkeypatch)
    told: list[tuple[str, str, int]] = []
    desk.conversations.transcript.listeners.append(lambda *news: told.append(news))
    desk.conversations.begin(desk.inbound("孩子怎么上户口"))
    assert await desk.gateway.recover() == 0, "the lease of the process that may still live is respected"
    clock.passes(LEASE + 1)
    assert await desk.gateway.recover() == 1
    assert await desk.gateway.recover() == 0
    assert [view.role for view in desk.conversations.transcript.messages(desk.conversation_id)][-1] == "bot"
    await asyncio.sleep(0.1)
    assert told[0][:2] == (desk.conversation_id, "web")


@pytest.mark.parametrize(
    ("text", "kind", "code"),
    [
        ("", "text", "empty_message"),
        (" \u200b\n ", "text", "empty_message"),
        ("长" * 2001, "text", "message_too_long"),
        ("[图片]", "unsupported", "not_text"),
        ("事项", "payload", "unknown_payload"),
    ],
)
async def test_what_cannot_be_a_message_is_refused_and_nothing_is_stored(
    desk: Desk, text: str, kind: str, code: str
) -> None:
    with pytest.raises(ChannelError) as refused:
        await desk.gateway.handle(desk.inbound(text, kind=kind, payload='/choose_entry{"entry_id": "x"}'))
    assert refused.value.code == code
    assert refused.value.status in {422, 429}
    assert desk.rows(Turn) == 0


async def test_too_many_messages_are_refused_with_when_to_come_back(desk: Desk) -> None:
    desk.limiter.allowed = False
    with pytest.raises(ChannelError) as refused:
        await desk.gateway.handle(desk.inbound("你好"))
    assert (refused.value.status, refused.value.retry_after) == (429, 5)
    assert desk.rows(Turn) == 0


async def test_a_button_that_was_offered_reaches_the_dialogue_as_its_payload(desk: Desk) -> None:
    buttons = [Button(title="材料", payload="/ask_materials")]
    desk.dialogue.answer = lambda text: DialogueReply([TextPart(text="请选", buttons=buttons)], "x", 1.0, [], [])
    await desk.gateway.handle(desk.inbound("居住证", "message-1"))
    await desk.gateway.handle(desk.inbound("材料", "message-2", kind="payload", payload="/ask_materials"))
    assert desk.dialogue.asked[-1][0] == "/ask_materials"
    assert desk.dialogue.pressed == [False, True]


async def test_a_failed_turn_waits_in_the_queue_with_its_reason_until_an_entry_answers_it(desk: Desk) -> None:
    await desk.gateway.handle(desk.inbound("不知道的事"))
    (item,) = desk.unresolved.items()
    assert (item.question, item.reason_label) == ("不知道的事", "知识库没有答案")
    assert item.hits[0]["id"] == "hukou.birth"
    desk.unresolved.link(item.id, "hukou.s0001")
    assert desk.unresolved.published("hukou.s0001", actor="lin") == 1
    assert desk.unresolved.items() == []
    assert desk.unresolved.counts() == {"answered": 1}


async def test_the_same_question_twice_is_one_item_and_is_settled_once(desk: Desk) -> None:
    for number, text in enumerate(["不知道的事", "不知道的另一件事", "不知道的事？"]):
        await desk.gateway.handle(desk.inbound(text, f"message-{number}"))
    newest, other = desk.unresolved.items()
    assert (newest.question, newest.count) == ("不知道的事？", 2)
    assert (other.question, other.count) == ("不知道的另一件事", 1)
    assert [item.question for item in desk.unresolved.items(limit=1, offset=1)] == ["不知道的另一件事"]
    found = desk.unresolved.get(newest.id)
    assert found is not None
    assert found.count == 2
    desk.unresolved.link(newest.id, "hukou.s0001")
    assert desk.unresolved.published("hukou.s0001", actor="lin") == 2
    assert desk.unresolved.dismiss(other.id, actor="lin") == 1
    assert desk.unresolved.items() == []


async def test_a_question_asked_again_while_its_answer_is_written_leads_to_the_same_draft(desk: Desk) -> None:
    await desk.gateway.handle(desk.inbound("不知道的事", "message-1"))
    desk.unresolved.link(desk.unresolved.items()[0].id, "hukou.s0001")
    await desk.gateway.handle(desk.inbound("不知道的事", "message-2"))
    assert [item.entry_id for item in desk.unresolved.items()] == ["hukou.s0001"]


async def test_equal_words_that_are_not_the_question_stay_apart(desk: Desk) -> None:
    for number in range(2):
        result = await desk.gateway.handle(desk.inbound("转人工", f"message-{number}"))
        desk.unresolved.request(desk.conversation_id, "human_requested", key=result.turn_id)
    assert [item.count for item in desk.unresolved.items()] == [1, 1]


async def test_a_thumb_down_queues_the_turn_and_a_thumb_up_takes_it_out_again(desk: Desk) -> None:
    result = await desk.gateway.handle(desk.inbound("你好"))
    for value, queued in (("down", 1), ("down", 1), ("up", 0)):
        desk.conversations.feedback(desk.conversation_id, result.turn_id, value)
        assert desk.rows(UnresolvedQuestion) == queued
    other = desk.conversations.open("web")
    with pytest.raises(ChannelError):
        desk.conversations.feedback(other.id, result.turn_id, "up")


async def test_personal_data_is_masked_where_it_is_kept_and_the_original_is_gone_when_the_turn_is_done(
    desk: Desk,
) -> None:
    await desk.gateway.handle(desk.inbound("我叫王小明，电话13912345678"))
    assert desk.dialogue.asked[0][0] == "我叫王小明，电话13912345678"
    with desk.sessions() as session:
        stored = str(session.execute(sql("SELECT text, pending FROM turns")).all())
        stored += str(session.execute(sql("SELECT parts FROM messages WHERE role = 'citizen'")).all())
    assert "13912345678" not in stored
    assert "王小明" not in stored
    assert "gAAAA" not in stored


async def test_a_chat_owned_by_an_agent_is_kept_and_the_bot_stays_silent(desk: Desk) -> None:
    with desk.sessions() as session, session.begin():
        session.execute(sql("UPDATE conversations SET handled_by = 'agent'"))
    result = await desk.gateway.handle(desk.inbound("在吗"))
    assert result.parts == []
    assert desk.dialogue.asked == []


def test_a_conversation_opens_only_with_its_token(desk: Desk) -> None:
    desk.conversations.authorise(desk.conversation_id, desk.token)
    for identity, token in ((desk.conversation_id, "x"), ("nothing", desk.token), (desk.conversation_id, "")):
        with pytest.raises(ChannelError, match="unknown_conversation"):
            desk.conversations.authorise(identity, token)


def test_a_channels_own_user_has_one_conversation(desk: Desk) -> None:
    first = desk.gateway.conversation_for("wechat", "openid-1")
    assert desk.gateway.conversation_for("wechat", "openid-1") == first
    assert desk.gateway.conversation_for("wechat", "openid-2") != first


def test_a_conversation_without_token_cannot_be_opened_from_the_web(desk: Desk) -> None:
    identity = desk.gateway.conversation_for("wechat", "openid-1")
    for token in ("", "anything"):
        with pytest.raises(ChannelError):
            desk.conversations.authorise(identity, token)


def test_a_staff_message_is_said_once_and_told_each_time(desk: Desk) -> None:
    told: list[int] = []
    desk.conversations.transcript.listeners.append(lambda conversation, channel, seq: told.append(seq))
    for _ in range(2):
        desk.conversations.transcript.staff_message(desk.conversation_id, TextPart(text="已修好"), key="ticket-event-1")
    assert desk.rows(Message) == 2
    assert len(told) == 2
    assert len(set(told)) == 1


@pytest.mark.parametrize(
    "at",
    [
        datetime.max.replace(tzinfo=UTC),
        datetime.min.replace(tzinfo=UTC),
        datetime(1970, 1, 1, tzinfo=UTC),
        datetime(2026, 1, 1),
    ],
)
async def test_a_message_from_a_clock_that_is_wrong_by_centuries_is_answered(desk: Desk, at: datetime) -> None:
    inbound = replace(desk.inbound("你好"), at=at)
    assert abs(inbound.at - utcnow()) < timedelta(minutes=1)
    assert (await desk.gateway.handle(inbound)).decision == "answer"


COMMANDS = st.lists(
    st.sampled_from(
        [
            "/",
            "／",
            "EXTERNAL:",
            "EXTERNAL: ",
            "@",
            '{"entry_id":"x"}',
            "restart",
            "session_start",
            "转人工",
            " ",
            "\u200b",
            "\n",
        ]
    ),
    min_size=1,
    max_size=8,
).map("".join)


@hypothesis(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(COMMANDS)
async def test_whatever_is_typed_reaches_the_dialogue_as_words_and_unchanged(desk: Desk, typed: str) -> None:
    desk.dialogue.asked.clear()
    desk.dialogue.pressed.clear()
    try:
        await desk.gateway.handle(desk.inbound(typed, uuid.uuid4().hex))
    except ChannelError as refused:
        assert (refused.code, clean(typed)) == ("empty_message", "")
        return
    assert desk.dialogue.asked == [(clean(typed), False)]
    assert desk.dialogue.pressed == [False]
