"""What comes out of the queue is ours or is not read: it is never unpickled."""

import datetime
import logging
import os
import pickle
from pathlib import Path
from typing import Any

import pytest
from huey import MemoryHuey
from huey.registry import Message
from hypothesis import given
from hypothesis import strategies as st

from bot.queue import add_push_task, create_queue
from bot.queue_messages import RefusedMessage, SignedJson
from bot.settings import Settings

SIGNED = SignedJson(b"k" * 32)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=20) | st.datetimes(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)


class Bomb:
    """Makes a file when it is unpickled."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.file),)


@given(st.lists(json_values, max_size=4), st.dictionaries(st.sampled_from("xyz"), json_values), st.datetimes())
def test_a_message_comes_out_as_it_went_in(args: list[Any], kwargs: dict[str, Any], eta: datetime.datetime) -> None:
    message = Message("an-id", "a.task", eta, 5, 10, None, tuple(args), kwargs)
    assert SIGNED.deserialize(SIGNED.serialize(message)) == message


@given(st.binary(max_size=80))
def test_what_is_not_signed_is_refused(data: bytes) -> None:
    with pytest.raises(RefusedMessage):
        SIGNED.deserialize(data)


@given(st.data())
def test_one_changed_byte_or_another_key_is_refused(data: st.DataObject) -> None:
    signed = SIGNED.serialize(Message("an-id", "a.task", None, 0, 0, None, ("c", 1), {}))
    # Some bits of the last character of base64 say nothing: another one may be the same signature.
    place = data.draw(st.integers(0, len(signed) - 2))
    other = data.draw(st.integers(0, 255).filter(lambda byte: byte != signed[place]))
    changed = signed[:place] + bytes([other]) + signed[place + 1 :]
    with pytest.raises(RefusedMessage):
        SIGNED.deserialize(changed)
    with pytest.raises(RefusedMessage):
        SignedJson(b"x" * 32).deserialize(signed)


def test_a_pickle_is_not_opened(tmp_path: Path) -> None:
    bomb = pickle.dumps(Bomb(tmp_path / "it went off"))
    with pytest.raises(RefusedMessage):
        SIGNED.deserialize(bomb)
    assert not list(tmp_path.iterdir())


def test_what_is_no_json_cannot_be_put_in() -> None:
    with pytest.raises(TypeError):
        SIGNED.serialize(Message("an-id", "a.task", None, 0, 0, None, (object(),), {}))


@pytest.mark.slow
def test_a_pickle_in_redis_is_thrown_away_and_the_next_task_is_done(
    tmp_path: Path, redis_settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    queue, done = create_queue(redis_settings), []
    push = add_push_task(queue, lambda *task: done.append(task))
    queue.storage.enqueue(pickle.dumps(Bomb(tmp_path / "it went off")))
    old = MemoryHuey("wenzheng")
    queue.storage.enqueue(
        old.serializer.serialize(Message("an-id", "bot.queue.push_message", args=("old", 1), kwargs={}))
    )
    push("c", 7)
    with caplog.at_level(logging.ERROR):
        tasks = [queue.dequeue() for _ in range(3)]
    assert tasks[:2] == [None, None]
    assert caplog.text.count("not signed with our key") == 2
    queue.execute(tasks[2])
    assert done == [("c", 7, False)]
    assert not (tmp_path / "it went off").exists()
