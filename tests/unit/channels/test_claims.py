"""Who works on a turn: one process, for as long as it lives, whatever the clock says; and never for ever."""

import asyncio
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from actions.messages import TextPart
from bot.instance import Instance
from bot.security.encryption import FieldCipher
from channels.conversations.claims import Failure, Patience, Unnamed
from channels.conversations.models import Message, Turn, UnresolvedQuestion
from channels.conversations.service import ConversationService
from channels.emergency import EmergencyFinder
from channels.errors import ChannelError
from channels.inbound import TurnResult
from channels.rasa_client import DialogueReply, DialogueUnavailable, MessageTooHeavy
from tests.unit.channels.clock import Clock
from tests.unit.channels.conftest import LEASE, Desk

AWAY = DialogueUnavailable("refused", reached=False)
SILENT = DialogueUnavailable("TimeoutError")


class Named(Unnamed):
    """A holder whose dead are known."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.dead: set[str] = set()

    def is_dead(self, name: str) -> bool:
        return name in self.dead


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def other(desk: Desk, holder: Named) -> ConversationService:
    """The same store in another process."""
    return ConversationService(
        desk.sessions, FieldCipher("a secret for tests that is long enough"), lease=LEASE, holder=holder
    )


def turn_of(desk: Desk, message_id: str = "message-1") -> Turn:
    with desk.sessions() as session:
        return session.query(Turn).filter_by(message_id=message_id).one()


async def failed(desk: Desk, message_id: str = "message-1", text: str = "你好") -> str:
    with pytest.raises(ChannelError) as refused:
        await desk.gateway.handle(desk.inbound(text, message_id))
    return refused.value.code


def words(desk: Desk) -> list[str]:
    views = desk.conversations.transcript.messages(desk.conversation_id)
    return [view.parts[0]["text"] for view in views if view.role == "bot"][1:]


# A message that fails by itself ----------------------------------------------


async def test_a_message_that_times_out_twice_is_set_aside_with_words_and_staff_see_why(desk: Desk) -> None:
    desk.dialogue.fails = SILENT
    assert await failed(desk) == "assistant_unavailable"
    result = await desk.gateway.handle(desk.inbound("你好"))
    assert (result.decision, result.trace and result.trace.reason) == ("unresolved", "timed_out")
    assert isinstance(result.parts[0], TextPart)
    assert "“你好”" in result.parts[0].text
    assert "换个说法" in result.parts[0].text
    assert [button.payload for button in result.parts[0].buttons] == ["/request_human"]
    (item,) = desk.unresolved.items()
    assert (item.question, item.reason_label) == ("你好", "几次没能处理完，已搁置")
    desk.dialogue.fails = None
    assert (await desk.gateway.handle(desk.inbound("你好"))).parts == result.parts
    assert len(desk.dialogue.asked) == 2, "it never meets Rasa again"
    assert await desk.gateway.recover() == 0


async def test_messages_that_fail_together_are_tried_longer_for_none_of_them_is_likely_to_blame(desk: Desk) -> None:
    other = desk.conversations.open("web").id
    theirs = replace(desk.inbound("护照怎么办", "message-2"), conversation_id=other)
    desk.dialogue.fails = SILENT
    for _ in range(3):
        assert await failed(desk) == "assistant_unavailable"
        with pytest.raises(ChannelError):
            await desk.gateway.handle(theirs)
    desk.dialogue.fails = None
    assert (await desk.gateway.handle(theirs)).decision != "unresolved"
    assert (await desk.gateway.handle(desk.inbound("你好"))).decision != "unresolved"


async def test_a_message_that_takes_too_much_computing_is_set_aside_at_once(desk: Desk) -> None:
    desk.dialogue.fails = MessageTooHeavy()
    result = await desk.gateway.handle(desk.inbound("你好"))
    assert (result.decision, result.trace and result.trace.reason) == ("unresolved", "timed_out")
    assert len(desk.dialogue.asked) == 1


async def test_a_message_whose_text_cannot_be_read_in_time_is_refused_and_not_stored(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def endless(finder: EmergencyFinder, text: str) -> None:
        while True:
            pass

    monkeypatch.setattr("channels.gateway.READING_CPU_SECONDS", 0.05)
    monkeypatch.setattr(EmergencyFinder, "find", endless)
    assert await failed(desk) == "unreadable"
    assert desk.rows(Turn) == 0


async def test_a_text_that_cannot_be_masked_in_time_is_not_shown_to_staff(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def endless(text: str) -> str:
        while True:
            pass

    monkeypatch.setattr("channels.gateway.READING_CPU_SECONDS", 0.05)
    monkeypatch.setattr("channels.gateway.mask", endless)
    await desk.gateway.handle(desk.inbound("我叫王小明"))
    assert turn_of(desk).text == "（这条消息没能读完，文字没有显示）"


async def test_an_error_in_a_step_ends_the_turn_after_the_second_try_and_stops_no_other(
    desk: Desk, clock: Clock
) -> None:
    def broken(text: str) -> DialogueReply:
        if text == "坏":
            raise ValueError("a reply that cannot be read")
        return DialogueReply([TextPart(text="好")], "x", 1.0, [], [])

    desk.dialogue.answer = broken
    with pytest.raises(ValueError, match="cannot be read"):
        await desk.gateway.handle(desk.inbound("坏", "message-1"))
    desk.conversations.begin(desk.inbound("你好", "message-2"))
    clock.passes(60)
    assert await desk.gateway.recover() == 2
    assert turn_of(desk).reason == "timed_out"


# An outage -------------------------------------------------------------------


async def test_an_outage_is_not_held_against_a_message_however_often_it_is_sent(desk: Desk) -> None:
    desk.dialogue.fails = AWAY
    for _ in range(10):
        assert await failed(desk) == "assistant_unavailable"
    desk.dialogue.fails = None
    assert (await desk.gateway.handle(desk.inbound("你好"))).decision == "answer"


async def test_what_was_promised_is_answered_when_rasa_comes_back_after_minutes(desk: Desk, clock: Clock) -> None:
    told: list[tuple[str, str, int]] = []
    desk.conversations.transcript.listeners.append(lambda *news: told.append(news))
    desk.dialogue.fails = AWAY
    await failed(desk)
    for _ in range(10 * 60):
        clock.passes(1)
        assert await desk.gateway.recover() == 0
    tries = len(desk.dialogue.asked)
    assert 7 <= tries <= 12, "the pauses grow"
    desk.dialogue.fails = None
    finished = 0
    for _ in range(300):
        clock.passes(1)
        finished += await desk.gateway.recover()
    assert finished == 1
    assert words(desk) == ["答：你好"]
    await asyncio.sleep(0.05)
    assert [news[:2] for news in told] == [(desk.conversation_id, "web")]


async def test_who_was_promised_an_answer_is_told_when_it_cannot_be_given(desk: Desk, clock: Clock) -> None:
    told: list[tuple[str, str, int]] = []
    desk.conversations.transcript.listeners.append(lambda *news: told.append(news))
    desk.dialogue.fails = AWAY
    await failed(desk)
    finished = 0
    for _ in range(100):
        clock.passes(301)
        finished += await desk.gateway.recover()
    assert finished == 1
    assert len(desk.dialogue.asked) == 1 + Patience().outages
    (said,) = words(desk)
    assert "助手出了故障" in said
    await asyncio.sleep(0.05)
    assert len(told) == 1
    assert desk.unresolved.items()[0].reason_label == "助手长时间故障，没能处理"


async def test_an_answer_is_told_when_the_queue_is_back(
    desk: Desk, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("channels.gateway.TELLING_PAUSES", (0.01, 0.01))
    told: list[int] = []

    def listener(conversation_id: str, channel: str, seq: int) -> None:
        told.append(seq)
        if len(told) < 3:
            raise OSError("the queue is unreachable")

    desk.conversations.transcript.listeners.append(listener)
    desk.conversations.begin(desk.inbound("你好"))
    clock.passes(60)
    assert await desk.gateway.recover() == 1
    await asyncio.sleep(0.2)
    assert len(told) == 3


async def test_messages_of_a_conversation_are_taken_up_in_the_order_in_which_they_were_said(
    desk: Desk, clock: Clock
) -> None:
    desk.dialogue.fails = AWAY
    for number, text in enumerate(["第一句", "第二句", "第三句"]):
        await failed(desk, f"message-{number}", text)
        clock.passes(-100)  # the wall clock jumps
    desk.dialogue.fails = None
    desk.dialogue.asked.clear()
    clock.passes(1000)
    assert await desk.gateway.recover() == 3
    assert [text for text, _ in desk.dialogue.asked] == ["第一句", "第二句", "第三句"]


# Who holds a turn ------------------------------------------------------------


async def test_what_a_dead_process_held_is_worked_on_at_once(desk: Desk, clock: Clock) -> None:
    here, gone = Named("here"), Named("gone")
    other(desk, gone).begin(desk.inbound("你好"))
    service = other(desk, here)
    assert service.due() == []
    assert not service.begin(desk.inbound("你好")).mine
    here.dead.add("gone")
    assert [inbound.message_id for inbound in service.due()] == ["message-1"]
    begun = service.begin(desk.inbound("你好"))
    assert (begun.mine, begun.redelivery) == (True, True)
    assert not service.begin(desk.inbound("你好")).mine, "one process holds it"


async def test_a_turn_that_kills_whoever_works_on_it_is_set_aside(desk: Desk, clock: Clock) -> None:
    desk.conversations.begin(desk.inbound("你好"))
    for _ in range(Patience().attempts - 1):
        clock.passes(LEASE + 1)
        assert desk.conversations.begin(desk.inbound("你好")).mine
    clock.passes(LEASE + 1)
    assert await desk.gateway.recover() == 1
    assert turn_of(desk).reason == "timed_out"
    assert desk.dialogue.asked == []


async def test_a_process_that_stops_gives_its_turn_back_and_the_message_is_not_to_blame(
    desk: Desk, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = asyncio.Event()

    async def hang(*_: object, **__: object) -> DialogueReply:
        asked.set()
        await asyncio.sleep(30)
        raise AssertionError

    with monkeypatch.context() as patch:
        patch.setattr(desk.dialogue, "turn", hang)
        task = asyncio.create_task(desk.gateway.handle(desk.inbound("你好")))
        await asyncio.wait_for(asked.wait(), 30)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    turn = turn_of(desk)
    assert (turn.claimed_by, turn.failures, turn.attempts) == ("", 0, 0)
    assert (await desk.gateway.handle(desk.inbound("你好"))).decision == "answer"


async def test_two_processes_that_finish_the_same_turn_say_one_thing(desk: Desk, clock: Clock) -> None:
    one, two = other(desk, Named("one")), other(desk, Named("two"))
    begun = one.begin(desk.inbound("你好"))
    clock.passes(LEASE + 1)
    assert two.begin(desk.inbound("你好")).mine
    await desk.gateway.handle(desk.inbound("别的", "message-2"))
    assert two.finish(TurnResult(begun.turn_id, [TextPart(text="二")], "unresolved"), [])
    assert one.finish(TurnResult(begun.turn_id, [TextPart(text="一")], "unresolved"), []) is None
    stored = one.result_of(begun.turn_id)
    assert stored is not None
    assert stored.parts == [TextPart(text="二")]
    assert desk.rows(UnresolvedQuestion) == 1
    assert desk.rows(Message) == 5


async def test_a_turn_whose_citizen_asked_for_a_human_in_a_try_that_failed_can_be_set_aside(desk: Desk) -> None:
    desk.dialogue.fails = SILENT
    await failed(desk)
    desk.unresolved.request(desk.conversation_id, "human_requested", key=turn_of(desk).id)
    assert (await desk.gateway.handle(desk.inbound("你好"))).decision == "unresolved"
    assert desk.rows(UnresolvedQuestion) == 1


@pytest.mark.parametrize("jump", [-3600.0, -86400.0 * 365, 3600.0])
async def test_a_jump_of_the_clock_holds_no_turn(desk: Desk, clock: Clock, jump: float) -> None:
    desk.conversations.begin(desk.inbound("你好", "message-1"))
    desk.dialogue.fails = AWAY
    await failed(desk, "message-2")
    desk.dialogue.fails = None
    clock.passes(jump)
    assert await desk.gateway.recover() == 2


@hypothesis(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(list(Failure)), st.booleans(), st.integers(-4000, 4000)), max_size=12))
async def test_whatever_fails_and_however_the_clock_jumps_a_turn_can_be_claimed_within_the_longest_pause(
    desk: Desk, clock: Clock, story: list[tuple[Failure, bool, int]]
) -> None:
    claims, message_id = desk.conversations.claims, os.urandom(8).hex()
    turn_id = desk.conversations.begin(desk.inbound("你好", message_id)).turn_id
    for failure, waited_for, jump in story:
        claims.release(turn_id, failure, waited_for=waited_for)
        clock.passes(jump)
        if turn_id not in {turn.id for turn in claims.due(10_000)}:
            clock.passes(max(claims.patience.pauses) + LEASE + 1)
        assert turn_id in {turn.id for turn in claims.due(10_000)}
        assert claims.claim(turn_id) is not None
        assert claims.claim(turn_id) is None
    turn = turn_of(desk, message_id)
    assert turn.attempts >= 1
    assert turn.failures == sum(failure is Failure.FAULT for failure, _, _ in story)


# Instances -------------------------------------------------------------------


def test_an_instance_is_dead_when_its_process_is_killed_and_not_before(tmp_path: Path) -> None:
    program = (
        "import sys, pathlib, time; from bot.instance import Instance\n"
        "one = Instance(pathlib.Path(sys.argv[1])); print(one.name, flush=True); time.sleep(60)"
    )
    process = subprocess.Popen([sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    name = process.stdout.readline().strip()
    watching = Instance(tmp_path)
    assert len(name) <= 64
    assert not watching.is_dead(name)
    assert not watching.is_dead(watching.name)
    os.kill(process.pid, signal.SIGKILL)
    process.wait(10)
    assert watching.is_dead(name)
    assert watching.is_dead(name), "also after its file was swept away"
    Instance(tmp_path).name  # noqa: B018 - sweeps
    assert watching.is_dead(name)


def test_nothing_is_said_of_instances_of_other_places(tmp_path: Path) -> None:
    elsewhere, here = Instance(tmp_path / "other"), Instance(tmp_path / "here")
    name = elsewhere.name
    elsewhere.close()
    assert not here.is_dead(name)
    assert not here.is_dead("?")
    assert not here.is_dead("")


def test_an_instance_that_lets_go_is_dead(tmp_path: Path) -> None:
    one, two = Instance(tmp_path), Instance(tmp_path)
    name = one.name
    assert not two.is_dead(name)
    one.close()
    assert two.is_dead(name)


async def test_what_was_said_later_waits_for_what_was_said_before(desk: Desk, clock: Clock) -> None:
    desk.dialogue.fails = AWAY
    await failed(desk, "first")
    begun = desk.conversations.begin(desk.inbound("然后呢", "second"))
    desk.conversations.claims.release(begun.turn_id, Failure.STOPPED, waited_for=False)
    clock.passes(1)
    assert desk.conversations.due() == [], "the first one's pause is not over"
    clock.passes(60)
    assert [inbound.message_id for inbound in desk.conversations.due()] == ["first", "second"]
