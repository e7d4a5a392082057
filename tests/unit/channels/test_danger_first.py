"""Danger waits for nothing: not for the database, Redis, Rasa, a limit, a token or threads that are all busy."""

import asyncio
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from actions.messages import EmergencyPart
from bot import pools
from channels import emergency
from channels.bus import MessageBus
from channels.conversations.models import Message, Turn
from channels.errors import ChannelError
from channels.web import api, problems
from channels.web.schemas import ConfigBody
from channels.web.streams import StreamPlaces
from tests.unit.channels.clock import Clock
from tests.unit.channels.conftest import LEASE, Allowing, Desk

WORDS = "我妈妈晕倒了，快救救她"
# Far below what a locked database makes others wait, and enough for a machine that is busy.
AT_ONCE = 3.0


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Nobody can write to the database."""
    with closing(sqlite3.connect(file, isolation_level=None)) as database:
        database.execute("BEGIN IMMEDIATE")
        yield
        database.execute("ROLLBACK")


async def eventually(happened: Callable[[], bool]) -> None:
    for _ in range(400):
        if happened():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("did not happen")


@pytest.fixture
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(emergency, "PAUSES", (0.05,))


async def test_the_answer_comes_while_the_database_is_locked_and_is_stored_once_afterwards(
    desk: Desk, database_file: Path, no_pauses: None
) -> None:
    shown: list[tuple[str, str, int]] = []
    pushed: list[tuple[str, str, int]] = []
    desk.conversations.transcript.screens.append(lambda *news: shown.append(news))
    desk.conversations.transcript.listeners.append(lambda *news: pushed.append(news))
    with locked(database_file):
        for _ in range(2):
            started = time.monotonic()
            result = await desk.gateway.handle(desk.inbound(WORDS))
            assert time.monotonic() - started < AT_ONCE
            assert isinstance(result.parts[0], EmergencyPart)
            assert result.messages == []
    await eventually(lambda: desk.rows(Message) == 3 and bool(shown))
    again = await desk.gateway.handle(desk.inbound(WORDS))
    assert [view.role for view in again.messages] == ["citizen", "bot"]
    assert (desk.rows(Turn), desk.rows(Message)) == (1, 3)
    assert desk.dialogue.asked == []
    assert {conversation for conversation, _, _ in shown} == {desk.conversation_id}
    assert pushed == [], "the citizen has the answer already"


async def test_who_is_over_the_limit_is_answered_in_danger(desk: Desk) -> None:
    desk.limiter.allowed = False
    result = await desk.gateway.handle(desk.inbound(WORDS))
    assert result.decision == "emergency"


async def test_a_limiter_that_hangs_holds_nobody_up_for_ever(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    async def hang(key: str) -> bool:
        await asyncio.sleep(3600)
        return False

    monkeypatch.setattr("channels.gateway.LIMITER_SECONDS", 0.05)
    monkeypatch.setattr(desk.limiter, "allow", hang)
    assert (await desk.gateway.handle(desk.inbound(WORDS, "message-1"))).decision == "emergency"
    assert (await desk.gateway.handle(desk.inbound("你好", "message-2"))).decision == "answer"


@pytest.mark.parametrize("where", ["{danger}{filling}", "{filling}{danger}"])
async def test_danger_is_heard_at_both_ends_of_a_message_that_is_too_long(desk: Desk, where: str) -> None:
    long = where.format(danger=f"。{WORDS}。", filling="我想说一件很长的事情" * 3000)
    result = await desk.gateway.handle(desk.inbound(long))
    assert result.decision == "emergency"
    (message,) = [view for view in result.messages if view.role == "citizen"]
    assert len(message.parts[0]["text"]) <= 2000


async def test_a_button_is_no_text(desk: Desk) -> None:
    with pytest.raises(ChannelError, match="unknown_payload"):
        await desk.gateway.handle(desk.inbound(WORDS, kind="payload", payload="/nothing"))


async def test_threads_that_all_hang_hold_up_neither_danger_nor_turns(desk: Desk) -> None:
    release = threading.Event()
    hanging = [asyncio.create_task(pools.run_in(pools.READING, release.wait, 30)) for _ in range(40)]
    hanging += [asyncio.create_task(asyncio.to_thread(release.wait, 30)) for _ in range(40)]
    await asyncio.sleep(0)
    try:
        started = time.monotonic()
        assert (await desk.gateway.handle(desk.inbound(WORDS, "message-1"))).decision == "emergency"
        assert (await desk.gateway.handle(desk.inbound("你好", "message-2"))).decision == "answer"
        assert time.monotonic() - started < 5 * AT_ONCE
    finally:
        release.set()
        await asyncio.gather(*hanging)


async def test_a_turn_in_danger_that_a_killed_process_left_behind_is_finished_without_rasa(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock(monkeypatch)
    desk.conversations.begin(desk.inbound(WORDS))
    clock.passes(LEASE + 1)
    assert await desk.gateway.recover() == 1
    result = await desk.gateway.handle(desk.inbound(WORDS))
    assert (result.decision, result.parts[0].type) == ("emergency", "emergency")
    assert desk.dialogue.asked == []


@pytest.fixture
def client(desk: Desk) -> Iterator[TestClient]:
    app = FastAPI()
    problems.install(app)
    config = ConfigBody(title="", city="云州市", max_length=2000, quick_questions=[], greeting={})
    app.include_router(
        api.create_router(
            desk.gateway,
            desk.conversations,
            MessageBus("redis://127.0.0.1:1/0"),
            Allowing(),
            config,
            StreamPlaces(1, 1),
        )
    )
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


def post(client: TestClient, desk: Desk, token: str) -> dict[str, object]:
    response = client.post(
        f"/api/chat/conversations/{desk.conversation_id}/messages",
        json={"message_id": "12345678", "text": WORDS},
        headers={"Authorization": f"Bearer {token}"},
    )
    assert response.status_code == 200
    body: dict[str, object] = response.json()
    return body


def test_numbers_to_call_are_told_to_everybody_but_only_who_may_write_is_stored(client: TestClient, desk: Desk) -> None:
    citizen, bot = post(client, desk, "wrong")["messages"]  # type: ignore[misc]
    assert (citizen["seq"], bot["seq"]) == (None, None)
    assert bot["parts"][0]["phones"][0]["payload"] == "tel:120"
    assert desk.rows(Turn) == 0
    citizen, bot = post(client, desk, desk.token)["messages"]  # type: ignore[misc]
    assert bot["seq"] > citizen["seq"] > 0
    assert desk.rows(Turn) == 1


def test_numbers_to_call_are_told_when_the_token_cannot_be_checked(
    client: TestClient, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    checking = threading.Event()
    real = desk.conversations.authorise

    def slow(conversation_id: str, token: str) -> None:
        assert checking.wait(30)
        real(conversation_id, token)

    monkeypatch.setattr(desk.conversations, "authorise", slow)
    started = time.monotonic()
    _, bot = post(client, desk, desk.token)["messages"]  # type: ignore[misc]
    assert time.monotonic() - started < AT_ONCE
    assert (bot["seq"], bot["parts"][0]["type"]) == (None, "emergency")
    assert desk.rows(Turn) == 0
    checking.set()
    for _ in range(200):
        if desk.rows(Message) == 3:
            return
        time.sleep(0.02)
    raise AssertionError("not stored")


async def test_an_answer_whose_storing_breaks_off_halfway_is_stored_in_the_end(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, no_pauses: None
) -> None:
    finish, calls = desk.conversations.finish, iter([True])

    def broken(*arguments: object) -> object:
        if next(calls, False):
            raise OSError("the database went away between beginning and finishing")
        return finish(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(desk.conversations, "finish", broken)
    assert (await desk.gateway.handle(desk.inbound(WORDS))).decision == "emergency"

    def stored() -> bool:
        with desk.sessions() as session:
            return [turn.status for turn in session.query(Turn)] == ["done"]

    await eventually(stored)


async def test_a_flood_of_danger_is_answered_each_time_and_not_stored_without_end(desk: Desk) -> None:
    desk.limiter.allowed = False
    for number in range(5):
        assert (await desk.gateway.handle(desk.inbound(WORDS, f"message-{number}"))).decision == "emergency"
    with desk.sessions() as session:
        assert session.query(Turn).count() == 0
