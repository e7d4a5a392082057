"""Redis is emptied while a complaint is being told, or after it was filed; and no query code is in it or in the database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from assistant import RunningAssistant, running_assistant
from citizen import Citizen
from complaints import WHAT, WHEN, WHERE, fill_in_complaint
from prerequisites import require_models
from records import Records, records_of
from redis import Redis
from sqlalchemy import create_engine, inspect, text


@pytest.fixture(scope="module")
def forgetful(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningAssistant]:
    """An assistant of its own: others would miss what is deleted here."""
    require_models()
    with running_assistant(tmp_path_factory.mktemp("forgetful")) as running:
        yield running


@pytest.fixture(scope="module")
def redis(forgetful: RunningAssistant) -> Iterator[Redis]:
    client = Redis.from_url(forgetful.settings.redis_dsn)
    yield client
    client.close()


@pytest.fixture(scope="module")
def kept(forgetful: RunningAssistant) -> Iterator[Records]:
    with records_of(forgetful.settings) as records:
        yield records


@pytest.fixture
def arriving(forgetful: RunningAssistant) -> Iterator[Callable[[], Citizen]]:
    made: list[Citizen] = []

    def make() -> Citizen:
        made.append(Citizen(forgetful.base_url))
        return made[-1]

    yield make
    for citizen in made:
        citizen.close()


def forget_everything(redis: Redis) -> None:
    """Empty Redis; its own command for that is refused."""
    for key in redis.scan_iter():
        redis.unlink(key)


def test_a_complaint_in_the_middle_is_offered_again_and_filed_once(
    arriving: Callable[[], Citizen], redis: Redis, kept: Records
) -> None:
    citizen = arriving()
    for words in ("我要投诉", WHAT, WHERE):
        citizen.say(words)
    forget_everything(redis)
    offer = citizen.say(WHEN)
    assert "还在，没有提交" in offer.text
    resumed = citizen.press(offer.button("继续"))
    assert "什么时候" in resumed.text, "the form asks what it had not been told"
    citizen.say(WHEN)
    read_back = citizen.say("匿名")
    assert all(words in read_back.text for words in (WHAT, WHERE, WHEN))
    card = citizen.press(read_back.button("确认提交")).part("ticket")
    [ticket] = kept.tickets(citizen.id)
    assert (ticket.number, ticket.what, ticket.where) == (card["number"], WHAT, WHERE)


def test_confirming_after_the_memory_is_gone_reads_everything_back_and_then_files(
    arriving: Callable[[], Citizen], redis: Redis, kept: Records
) -> None:
    citizen = arriving()
    button = fill_in_complaint(citizen).button("确认提交")
    forget_everything(redis)
    again = citizen.press(button)
    assert "还没有提交" in again.text
    assert all(words in again.text for words in (WHAT, WHERE, WHEN))
    assert kept.tickets(citizen.id) == []
    filed = citizen.press(again.button("确认提交"))
    assert filed.part("ticket")["code"]
    twice = citizen.press(button)
    assert "不会重复登记" in twice.text
    assert len(kept.tickets(citizen.id)) == 1


def test_the_offer_can_be_turned_down_and_then_nothing_is_left(
    arriving: Callable[[], Citizen], redis: Redis, kept: Records
) -> None:
    citizen = arriving()
    button = fill_in_complaint(citizen).button("确认提交")
    forget_everything(redis)
    offer = citizen.say("呃呃呃呃")
    assert "没有登记" in citizen.press(offer.button("不用了")).text
    assert "没有提交" in citizen.press(button).text
    assert kept.tickets(citizen.id) == []


def test_the_code_is_in_the_reply_and_after_a_reload_and_nowhere_in_store(
    arriving: Callable[[], Citizen], redis: Redis, forgetful: RunningAssistant
) -> None:
    owner, elsewhere = arriving(), arriving()
    card = owner.press(fill_in_complaint(owner).button("确认提交")).part("ticket")
    code = card["code"]
    shown = [part for message in owner.transcript() for part in message["parts"] if part["type"] == "ticket"]
    assert [part["code"] for part in shown] == [code]
    elsewhere.say("查进度")
    elsewhere.say(f"查询码{code}")
    assert elsewhere.say(card["number"]).part("ticket")["number"] == card["number"]
    assert elsewhere.say(f"查进度 {card['number']} {code.lower()}").part("ticket")["code"] == ""
    assert code not in everything_in_redis(redis).upper()
    assert code not in everything_in_the_database(forgetful).upper()
    logs = "".join(log.read_text(errors="replace") for log in Path(forgetful.settings.data_dir, "logs").glob("*.log"))
    assert code not in logs.upper()


def test_three_wrong_codes_lead_out_of_the_form(arriving: Callable[[], Citizen]) -> None:
    owner, stranger = arriving(), arriving()
    card = owner.press(fill_in_complaint(owner).button("确认提交")).part("ticket")
    stranger.say("查进度")
    replies = [stranger.say(f"{card['number']} 23456AB{letter}") for letter in "CDE"]
    assert all("没有查到" in reply.text for reply in replies[:2])
    assert replies[0].button("转人工")
    assert "我先不问了" in replies[2].text
    assert stranger.say("居住证怎么办").part("answer")


def everything_in_redis(redis: Redis) -> str:
    """Every value of every key, as text."""
    read: dict[bytes, Callable[[bytes], object]] = {
        b"string": redis.get,
        b"list": lambda key: redis.lrange(key, 0, -1),
        b"hash": redis.hgetall,
        b"set": redis.smembers,
        b"zset": lambda key: redis.zrange(key, 0, -1),
    }
    found = {key: read.get(redis.type(key), lambda _: None)(key) for key in redis.scan_iter(count=1000)}
    assert found, "Redis is in use"
    return repr(found)


def everything_in_the_database(assistant: RunningAssistant) -> str:
    engine = create_engine(assistant.settings.database_dsn)
    with engine.connect() as connection:
        tables = [name for name in inspect(engine).get_table_names() if not name.startswith("entr")]
        rows = [list(connection.execute(text(f'select * from "{name}"'))) for name in tables]  # noqa: S608
    engine.dispose()
    return str(rows)
