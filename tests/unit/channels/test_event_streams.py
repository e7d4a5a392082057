"""Streams of events: so many for one conversation and one address, and every place comes back."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import OperationalError

from channels.bus import MessageBus
from channels.errors import ChannelError
from channels.web import api, problems
from channels.web.schemas import ConfigBody
from channels.web.streams import EventStream, StreamPlaces, events
from tests.unit.channels.conftest import Allowing, Desk


def test_a_place_that_is_given_back_is_there_again() -> None:
    places = StreamPlaces(per_conversation=1, per_address=2)
    place = places.take("a", "203.0.113.9")
    with pytest.raises(ChannelError) as refused:
        places.take("a", "203.0.113.10")
    assert (refused.value.status, refused.value.retry_after) == (429, 10)
    place.leave()
    place.leave()
    places.take("a", "203.0.113.10")


def test_an_address_with_many_conversations_does_not_take_those_of_others() -> None:
    places = StreamPlaces(per_conversation=6, per_address=2)
    held = [places.take(str(number), "203.0.113.9") for number in range(2)]
    with pytest.raises(ChannelError):
        places.take("3", "203.0.113.9")
    assert places.take("4", "203.0.113.10")
    assert len(held) == 2


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xy"), st.booleans()), max_size=60))
def test_however_streams_come_and_go_the_count_is_that_of_the_open_ones(steps: list[tuple[str, str, bool]]) -> None:
    places, held = StreamPlaces(per_conversation=2, per_address=3), []
    for conversation, address, ends in steps:
        if ends and held:
            held.pop(0)[2].leave()
        here = [one for one in held if one[0] == conversation]
        there = [one for one in held if one[1] == address]
        try:
            held.append((conversation, address, places.take(conversation, address)))
            assert len(here) < 2 and len(there) < 3
        except ChannelError:
            assert len(here) == 2 or len(there) == 3
        assert places.taken == len(held)
    for _, _, place in held:
        place.leave()
    assert not places._taken


async def endless() -> AsyncIterator[str]:
    yield ": begins\n\n"
    await asyncio.Event().wait()


async def test_a_stream_that_the_other_side_leaves_gives_its_place_back() -> None:
    places = StreamPlaces(1, 1)
    stream = EventStream(endless(), places.take("a", "x"))
    gone = asyncio.Event()

    async def receive() -> Any:
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        if message.get("body"):
            gone.set()

    scope = {"type": "http", "asgi": {"spec_version": "2.3"}}
    await asyncio.wait_for(stream(scope, receive, send), 5)
    assert places.taken == 0


def test_a_stream_that_never_begins_gives_its_place_back() -> None:
    places = StreamPlaces(1, 1)
    stream = EventStream(endless(), places.take("a", "x"))
    assert places.taken == 1
    del stream
    gc.collect()
    assert places.taken == 0


async def test_a_stream_ends_where_the_database_refuses_and_the_page_connects_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def locked(*_: object, **__: object) -> None:
        raise OperationalError("SELECT", {"id": desk.conversation_id}, Exception("database is locked"))

    monkeypatch.setattr(desk.conversations.transcript, "messages", locked)
    bus = MessageBus("redis://127.0.0.1:1/0")
    said = [event async for event in events(desk.conversation_id, 0, desk.conversations, bus)]
    assert said == []
    assert len(caplog.records) == 1 and desk.conversation_id not in caplog.text


@pytest.fixture
def client(desk: Desk) -> TestClient:
    app = FastAPI()
    problems.install(app)
    config = ConfigBody(title="x", city="云州市", max_length=2000, quick_questions=[], greeting={})
    full = StreamPlaces(0, 0)
    bus = MessageBus("redis://127.0.0.1:1/0")
    app.include_router(api.create_router(desk.gateway, desk.conversations, bus, Allowing(), config, full))
    headers = {"Authorization": f"Bearer {desk.token}"}
    return TestClient(app, raise_server_exceptions=False, headers=headers)


def test_one_stream_too_many_is_told_to_ask_again_later(client: TestClient, desk: Desk) -> None:
    reply = client.get(f"/api/chat/conversations/{desk.conversation_id}/events", headers={"Accept-Language": "en"})
    assert (reply.status_code, reply.headers["retry-after"]) == (429, "10")
    assert reply.json()["code"] == "too_many_streams"
    assert client.get(f"/api/chat/conversations/{desk.conversation_id}").status_code == 200


@pytest.mark.parametrize("after", ["-1", "9223372036854775808", "9" * 400, "1e3", "٣", ""])
@pytest.mark.parametrize("what", ["", "/events"])
def test_a_place_that_no_message_can_have_is_refused(client: TestClient, desk: Desk, after: str, what: str) -> None:
    reply = client.get(f"/api/chat/conversations/{desk.conversation_id}{what}", params={"after": after})
    assert (reply.status_code, reply.json()["code"]) == (422, "invalid_request")
