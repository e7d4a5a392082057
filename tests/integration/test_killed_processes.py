"""A process may be killed at any moment: what a citizen sent is answered in the end, once, and filed once."""

import contextlib
import os
import signal
import sqlite3
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import httpx
import pytest
import redis
from assistant import RunningAssistant, running_assistant
from citizen import Citizen, Reply
from complaints import fill_in_complaint
from prerequisites import require_models
from records import Records, records_of

from bot.jobs import Jobs
from nlu.entities.query_code import LENGTH

T = TypeVar("T")
SECONDS = 120.0
# Short, so that a turn whose process died is soon free for the next.
TURN_TIMEOUT = "6"
# More often than a turn is tried that fails by its own fault.
MANY = 8


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningAssistant]:
    """An assistant of our own: its processes get killed."""
    require_models()
    with running_assistant(tmp_path_factory.mktemp("fragile"), {"WENZHENG_TURN_TIMEOUT": TURN_TIMEOUT}) as running:
        yield running


@pytest.fixture(scope="module")
def records(assistant: RunningAssistant) -> Iterator[Records]:
    with records_of(assistant.settings) as records:
        yield records


@pytest.fixture
def citizen(assistant: RunningAssistant) -> Iterator[Citizen]:
    assistant.wait_until_ready()
    citizen = Citizen(assistant.base_url)
    yield citizen
    citizen.close()
    assistant.wait_until_ready()


def test_a_killed_app_answers_once_when_the_message_is_sent_again(
    assistant: RunningAssistant, citizen: Citizen, records: Records
) -> None:
    message_id = killed_in_the_middle(assistant, citizen, records, "居住证怎么办")
    reply = sent_until_answered(citizen, "居住证怎么办", message_id)
    assert reply.part("answer")["entry_id"] == "residence_permit.apply"
    assert len(records.turns(citizen.id)) == 1
    assert len(records.messages(citizen.id, "citizen")) == 1
    assert answered_titles(records, citizen) == ["居住证申领"]
    assert "app was started again" in assistant.output.read_text()
    assert citizen.say("要带什么材料").part("answer")["facet"] == "materials"


def test_a_killed_app_leaves_no_turn_unanswered_when_nobody_sends_again(
    assistant: RunningAssistant, citizen: Citizen, records: Records
) -> None:
    message_id = killed_in_the_middle(assistant, citizen, records, "护照怎么办")
    answer_without_sending_again(assistant, citizen, records, message_id)
    assert [message["role"] for message in citizen.transcript()] == ["bot", "citizen", "bot"]
    again = citizen.say("护照怎么办", message_id=message_id)
    assert again.part("answer")["entry_id"].startswith("exit_entry.")
    assert len(records.turns(citizen.id)) == 1


def test_a_killed_rasa_is_said_and_what_came_meanwhile_is_answered_later(
    assistant: RunningAssistant, citizen: Citizen, records: Records
) -> None:
    citizen.say("居住证怎么办")
    os.kill(assistant.process_id("rasa"), signal.SIGKILL)
    message_id = uuid.uuid4().hex
    refused = citizen.post("要带什么材料", message_id=message_id)
    assert (refused.status_code, refused.json()["code"]) == (503, "assistant_unavailable")
    assert "您的消息已经收到" in refused.json()["detail"]
    assert int(refused.headers["Retry-After"]) > 0
    readiness = citizen.http.get("/readyz")
    assert readiness.status_code == 503
    assert {name for name, state in readiness.json()["checks"].items() if state != "ok"} == {"rasa"}
    for _ in range(MANY):
        assert citizen.post("要带什么材料", message_id=message_id).status_code in {200, 503}
    answer_without_sending_again(assistant, citizen, records, message_id)
    card = citizen.say("要带什么材料", message_id=message_id).part("answer")
    assert (card["entry_id"], card["facet"]) == ("residence_permit.apply", "materials")
    assert len(records.turns(citizen.id)) == 2
    assert len(records.messages(citizen.id, "citizen")) == 2
    assert "rasa was started again" in assistant.output.read_text()


def test_a_rasa_killed_in_the_middle_of_a_turn_answers_it_later(
    assistant: RunningAssistant, citizen: Citizen, records: Records
) -> None:
    rasa, message_id = assistant.process_id("rasa"), uuid.uuid4().hex
    lock = f"wenzheng:lock:{citizen.id}"
    with redis.Redis.from_url(assistant.settings.redis_dsn) as store:
        sending = sent_in_background(citizen, "居住证怎么办", message_id)
        wait_for(lambda: store.exists(lock), pause=0)
        os.kill(rasa, signal.SIGKILL)
    sending.join(SECONDS)
    reply = sent_until_answered(citizen, "居住证怎么办", message_id)
    assert reply.part("answer")["entry_id"] == "residence_permit.apply"
    assert len(records.turns(citizen.id)) == 1


def test_an_app_killed_while_it_files_a_ticket_files_one_and_tells_its_number(
    assistant: RunningAssistant, citizen: Citizen, records: Records
) -> None:
    confirm = fill_in_complaint(citizen).button("确认提交")
    app, message_id = assistant.process_id("bot.app"), uuid.uuid4().hex
    sending = sent_in_background(citizen, confirm["title"], message_id, payload=confirm["payload"])
    wait_for(lambda: records.tickets(citizen.id), pause=0.001)
    os.kill(app, signal.SIGKILL)
    sending.join(SECONDS)
    reply = sent_until_answered(citizen, confirm["title"], message_id, payload=confirm["payload"])
    [ticket] = records.tickets(citizen.id)
    card = reply.part("ticket")
    assert card["number"] == ticket.number
    assert len(card["code"]) == LENGTH


def test_an_app_killed_right_after_a_confirmation_files_one_ticket(
    assistant: RunningAssistant, citizen: Citizen, records: Records
) -> None:
    confirm = fill_in_complaint(citizen).button("确认提交")
    app, message_id = assistant.process_id("bot.app"), uuid.uuid4().hex
    sending = sent_in_background(citizen, confirm["title"], message_id, payload=confirm["payload"])
    wait_for(lambda: records.turn(citizen.id, message_id), pause=0.001)
    os.kill(app, signal.SIGKILL)
    sending.join(SECONDS)
    reply = sent_until_answered(citizen, confirm["title"], message_id, payload=confirm["payload"])
    assert [ticket.number for ticket in records.tickets(citizen.id)] == [reply.part("ticket")["number"]]


def test_an_app_killed_before_it_could_write_the_ticket_files_one_ticket(
    assistant: RunningAssistant, citizen: Citizen, records: Records
) -> None:
    confirm = fill_in_complaint(citizen).button("确认提交")
    app, message_id = assistant.process_id("bot.app"), uuid.uuid4().hex
    sending = sent_in_background(citizen, confirm["title"], message_id, payload=confirm["payload"])
    wait_for(lambda: records.turn(citizen.id, message_id), pause=0.001)
    with writing_blocked(assistant):
        # By now the form is closed and its end waits for the database.
        time.sleep(2)
        os.kill(app, signal.SIGKILL)
        sending.join(SECONDS)
    assert records.tickets(citizen.id) == []
    reply = sent_until_answered(citizen, confirm["title"], message_id, payload=confirm["payload"])
    assert [ticket.number for ticket in records.tickets(citizen.id)] == [reply.part("ticket")["number"]]


def killed_in_the_middle(assistant: RunningAssistant, citizen: Citizen, records: Records, text: str) -> str:
    """Kill the app while Rasa keeps a turn waiting; the id of the message whose turn was cut off."""
    rasa = assistant.process_id("rasa")
    message_id = uuid.uuid4().hex
    os.kill(rasa, signal.SIGSTOP)
    try:
        sending = sent_in_background(citizen, text, message_id)
        wait_for(lambda: records.turn(citizen.id, message_id))
        os.kill(assistant.process_id("bot.app"), signal.SIGKILL)
        sending.join(SECONDS)
    finally:
        os.kill(rasa, signal.SIGCONT)
    turn = records.turn(citizen.id, message_id)
    assert turn is not None
    assert turn.status == "received"
    return message_id


def answer_without_sending_again(
    assistant: RunningAssistant, citizen: Citizen, records: Records, message_id: str
) -> None:
    """Do what the worker does every minute, until the turn is done."""
    assistant.wait_until_ready()
    worker = Jobs(assistant.settings)

    def finished() -> bool:
        worker.recover_turns()
        turn = records.turn(citizen.id, message_id)
        return turn is not None and turn.status == "done"

    wait_for(finished)


def sent_in_background(citizen: Citizen, text: str, message_id: str, **options: Any) -> threading.Thread:
    """Send a message whose connection may break."""

    def send() -> None:
        with contextlib.suppress(httpx.TransportError):
            citizen.post(text, message_id=message_id, **options)

    thread = threading.Thread(target=send)
    thread.start()
    return thread


def sent_until_answered(citizen: Citizen, text: str, message_id: str, **options: Any) -> Reply:
    """Send the same message until it is answered, as the widget does."""

    def attempt() -> Reply | None:
        try:
            response = citizen.post(text, message_id=message_id, **options)
        except httpx.TransportError:
            return None
        assert response.status_code in {200, 503}, response.text
        return Reply(response.json()) if response.status_code == 200 else None

    return wait_for(attempt, pause=0.5)


def wait_for(found: Callable[[], T | None], pause: float = 0.05) -> T:
    """The first truthy result."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        if result := found():
            return result
        time.sleep(pause)
    raise AssertionError(f"not within {SECONDS} s")


@contextlib.contextmanager
def writing_blocked(assistant: RunningAssistant) -> Iterator[None]:
    """Nobody else can write to the database."""
    with contextlib.closing(
        sqlite3.connect(assistant.settings.data_dir / "wenzheng.db", isolation_level=None)
    ) as database:
        database.execute("BEGIN IMMEDIATE")
        yield
        database.execute("ROLLBACK")


def answered_titles(records: Records, citizen: Citizen) -> list[str]:
    """Titles of all answer cards in the transcript."""
    parts = [part for message in records.messages(citizen.id, "bot") for part in message.parts]
    return [part["title"] for part in parts if part["type"] == "answer"]
