"""What Redis holds of a conversation is found and dropped, from its file too; what it holds of others stays."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
import redis
from assistant import free_port
from redis_server import redis_server

from actions.messages import TextPart
from bot.queue import PUSH_MESSAGE, PushQueue, create_queue
from bot.security.encryption import FieldCipher
from bot.settings import Settings
from bot.short_memory import RedisShortMemory
from channels.conversations.deletion import Traces
from channels.wechat.memory import WeChatMemory
from channels.wechat.rendering import ChoicesMemory

DOOMED, OTHER = "d" * 32, "a" * 32
WORDS = "阳台上的鹦鹉"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Settings, Path]]:
    folder = tmp_path_factory.mktemp("redis")
    with redis_server(folder) as port:
        yield Settings.model_validate({"data_dir": folder, "redis_port": port}), folder


@pytest.fixture
def settings(server: tuple[Settings, Path]) -> Iterator[Settings]:
    yield server[0]
    with redis.Redis.from_url(server[0].redis_dsn) as client:
        client.flushall()


def traces(conversation_id: str) -> Traces:
    return Traces(frozenset({conversation_id}), frozenset({f"m-{conversation_id}"}), frozenset({7}))


async def remember(settings: Settings, conversation_id: str, place: int) -> None:
    """What a conversation leaves in Redis, written by those who write it."""
    client = redis.asyncio.Redis.from_url(settings.redis_dsn)
    memory = WeChatMemory(client, FieldCipher("s" * 40))
    await memory.save(conversation_id, ChoicesMemory([], WORDS, False))
    await memory.wait_with(conversation_id, [TextPart(text=WORDS)])
    await memory.remember_answer(f"m-{conversation_id}", WORDS)
    await memory.count_delivery(f"m-{conversation_id}")
    await memory.claim(f"push:message-{place}")
    await client.set(f"wenzheng:tracker:{conversation_id}", WORDS)
    await client.set(f"LIMITS:LIMITER/conversation:{conversation_id}/30/1/minute", 3)
    await client.aclose()
    queue = create_queue(settings)
    PushQueue(queue)(conversation_id, "wechat", place)
    [task] = [task for task in queue.pending() if conversation_id in task.args]
    assert task.name.endswith(PUSH_MESSAGE)
    queue.storage.add_to_schedule(queue.serialize_task(task), datetime(2030, 1, 1))
    queue.storage.put_data(task.id, f"failed for {conversation_id}".encode())


def everything(settings: Settings) -> str:
    with redis.Redis.from_url(settings.redis_dsn) as client:
        found = []
        for key in sorted(client.scan_iter()):
            kind = client.type(key)
            value = {
                b"string": lambda key=key: client.get(key),
                b"list": lambda key=key: client.lrange(key, 0, -1),
                b"zset": lambda key=key: client.zrange(key, 0, -1),
                b"hash": lambda key=key: client.hgetall(key),
            }[kind]()
            found.append(f"{key!r} {value!r}")
    return "\n".join(found)


async def test_nothing_of_the_conversation_is_left_and_all_of_others_is(settings: Settings) -> None:
    await remember(settings, OTHER, 9)
    before = everything(settings)
    await remember(settings, DOOMED, 7)
    memory = RedisShortMemory(settings)
    count = memory.count(traces(DOOMED))
    assert count == 10
    assert memory.forget(traces(DOOMED)) == count
    assert memory.count(traces(DOOMED)) == 0
    assert everything(settings) == before


async def test_several_conversations_are_forgotten_at_once(settings: Settings) -> None:
    await remember(settings, OTHER, 9)
    before = everything(settings)
    await remember(settings, DOOMED, 7)
    await remember(settings, "e" * 32, 8)
    both = Traces(frozenset({DOOMED, "e" * 32}), frozenset({f"m-{DOOMED}", f"m-{'e' * 32}"}), frozenset({7, 8}))
    RedisShortMemory(settings).forget(both)
    assert everything(settings) == before


async def test_the_file_of_redis_is_written_anew_without_what_was_dropped(server: tuple[Settings, Path]) -> None:
    settings, folder = server
    await remember(settings, DOOMED, 7)
    memory = RedisShortMemory(settings)
    memory.forget(traces(DOOMED))
    assert holds(folder, DOOMED)  # the log of what was written before
    assert memory.rewrite_log()
    assert not holds(folder, DOOMED)
    assert not holds(folder, WORDS)


def holds(folder: Path, words: str) -> bool:
    return any(words.encode() in path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_a_redis_that_is_away_is_said_so(tmp_path: Path) -> None:
    memory = RedisShortMemory(Settings.model_validate({"data_dir": tmp_path, "redis_port": free_port()}))
    for deed in (memory.count, memory.forget):
        with pytest.raises(OSError, match="Redis"):
            deed(traces(DOOMED))
