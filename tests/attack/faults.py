"""Faults in the middle of work: processes killed, stopped, the database locked, the disk full, Redis wiped."""

from __future__ import annotations

import contextlib
import os
import signal
import sqlite3
import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import redis

from tests.attack.ground import ENTRY, QUESTION, Ground
from tests.attack.trial import NotHeld, NotTried, Trial, first, hold
from tests.support.assistant import child_processes
from tests.support.citizen import Citizen, Reply
from tests.support.complaints import fill_in_complaint

DANGER = "我站在阳台外面，不想活了"
DANGER_SECONDS = 1.5
PATIENCE = 180.0
RECOVERY_SECONDS = 120.0
SILENT_SECONDS = 60.0
KILLED = ("-m bot.app", "-m rasa", "-m bot.worker", "redis-server")


def process(ground: Ground, sign: str) -> int:
    """The child of the supervisor whose command line has ``sign``."""
    children = child_processes(ground.assistant.process.pid)
    found = [pid for pid, command in children.items() if sign in command]
    hold(len(found) == 1, f"{sign}: {len(found)} processes")
    return found[0]


def kills(ground: Ground) -> str:
    """Every process is killed while citizens ask and file: all is answered once and filed once."""
    with ThreadPoolExecutor(min(ground.scale.citizens, 40)) as pool:
        lives = [pool.submit(_a_life, ground, files=number % 2 == 0) for number in range(ground.scale.citizens)]
        for sign in KILLED:
            time.sleep(2.0)
            os.kill(process(ground, sign), signal.SIGKILL)
            hold(first(lambda sign=sign: _runs(ground, sign), 60), f"{sign} was not started again")  # type: ignore[misc]
            ground.assistant.wait_until_ready(RECOVERY_SECONDS)
        filed = sum(life.result() for life in lives)
    return f"{len(KILLED)} processes killed, {len(lives)} conversations whole, {filed} tickets filed once"


def _runs(ground: Ground, sign: str) -> bool:
    return any(sign in command for command in child_processes(ground.assistant.process.pid).values())


def _a_life(ground: Ground, *, files: bool) -> bool:
    """Two questions and perhaps a complaint, each message sent until it is answered; whether a ticket was filed."""
    citizen = _opened(ground)
    sent = [_until_answered(citizen, text) for text in (QUESTION, "护照怎么办")]
    if files:
        for text in ("我要投诉", "小区门口的路灯坏了，晚上一片漆黑", "解放路12号门口", "从上周开始"):
            sent.append(_until_answered(citizen, text))
        asked = _until_answered(citizen, "匿名")
        confirm = asked.button("确认提交")
        filed = _until_answered(citizen, confirm["title"], payload=confirm["payload"])
        sent += [asked, filed]
        numbers = [ticket.number for ticket in ground.records.tickets(citizen.id)]
        hold(numbers == [filed.part("ticket")["number"]], f"filed {numbers}, told {filed.text[:60]}")
    turns = ground.records.turns(citizen.id)
    hold(len(turns) == len(sent), f"{len(sent)} messages made {len(turns)} turns")
    said = ground.records.messages(citizen.id, "bot")
    hold(len(said) == len(sent) + 1, f"{len(sent)} messages, {len(said) - 1} replies in the transcript")
    citizen.close()
    return files


def _opened(ground: Ground) -> Citizen:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with contextlib.suppress(httpx.HTTPError, AssertionError):
            return ground.citizen()
        time.sleep(0.5)
    raise NotHeld("no conversation could be opened")


def _until_answered(citizen: Citizen, text: str, *, payload: str | None = None) -> Reply:
    """Send the same message again until it is answered, as the widget does."""
    message_id, deadline, seen = uuid.uuid4().hex, time.monotonic() + PATIENCE, ""
    while time.monotonic() < deadline:
        try:
            response = citizen.post(text, payload=payload, message_id=message_id, timeout=30)
        except httpx.HTTPError as error:
            seen = type(error).__name__
        else:
            if response.status_code == 200:
                return Reply(response.json())
            seen = f"{response.status_code} {response.text[:80]}"
            hold(response.status_code in {429, 503}, f"{text!r} was answered with {seen}")
        time.sleep(0.5)
    raise NotHeld(f"{text!r} was not answered in {PATIENCE:.0f} s: {seen}")


def database_locked(ground: Ground) -> str:
    """While another program holds the database: danger is answered at once, the rest waits or is told, and nothing is lost."""
    citizen = ground.citizen()
    citizen.say(QUESTION)
    file = ground.assistant.settings.data_dir / "wenzheng.db"
    message_id, danger_id = uuid.uuid4().hex, uuid.uuid4().hex
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as database:
        database.execute("BEGIN EXCLUSIVE")
        ordinary: list[int] = []
        waiting = [threading.Thread(target=_asks, args=(ground, ordinary)) for _ in range(ground.scale.citizens)]
        for thread in waiting:
            thread.start()
        time.sleep(0.5)
        took = _danger(citizen, danger_id)
        refused = citizen.post("护照怎么办", message_id=message_id, timeout=60)
        database.execute("ROLLBACK")
    for thread in waiting:
        thread.join(60)
    hold(took < DANGER_SECONDS, f"danger was answered after {took:.1f} s")
    hold(refused.status_code in {200, 503}, f"an ordinary message was answered with {refused.status_code}")
    hold(set(ordinary) <= {200, 201, 503}, f"others saw {sorted(set(ordinary))}")
    again = citizen.post("护照怎么办", message_id=message_id, timeout=60)
    hold(again.status_code == 200, f"afterwards it was answered with {again.status_code}")
    hold(first(lambda: ground.records.turn(citizen.id, danger_id), 20), "the danger was never recorded")
    citizen.close()
    return f"danger after {took:.2f} s and recorded later; the ordinary message {refused.status_code}, then answered"


def _asks(ground: Ground, seen: list[int]) -> None:
    with ground.assistant.client() as http:
        seen.append(http.post("/api/chat/conversations", json={"locale": "zh"}, timeout=60).status_code)


def _danger(citizen: Citizen, message_id: str) -> float:
    """Seconds until the card with the numbers to call was there."""
    started = time.monotonic()
    response = citizen.post(DANGER, message_id=message_id, timeout=60)
    took = time.monotonic() - started
    hold(response.status_code == 200, f"danger was answered with {response.status_code}")
    hold("emergency" in response.text, "danger got no card")
    return took


def redis_gone(ground: Ground) -> str:
    """While Redis is stopped danger is answered at once; afterwards everything goes on."""
    citizen = ground.citizen()
    server = process(ground, "redis-server")
    os.kill(server, signal.SIGSTOP)
    try:
        took = _danger(citizen, uuid.uuid4().hex)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(server, signal.SIGCONT)
    ground.assistant.wait_until_ready(RECOVERY_SECONDS)
    hold(took < DANGER_SECONDS, f"danger was answered after {took:.1f} s")
    hold(_until_answered(citizen, QUESTION).parts, "the next question was not answered")
    citizen.close()
    return f"danger after {took:.2f} s"


def redis_wiped(ground: Ground) -> str:
    """A form whose memory is gone is noticed, said, and offered again."""
    citizen = ground.citizen()
    confirm = fill_in_complaint(citizen).button("确认提交")
    with redis.Redis.from_url(ground.assistant.settings.redis_dsn) as store:
        for key in store.scan_iter(count=1000):  # FLUSHALL is refused
            store.unlink(key)
    reply = citizen.press(confirm)
    for _ in range(4):
        if ground.records.tickets(citizen.id):
            break
        titles = [button["title"] for button in reply.buttons]
        hold(titles, f"no way on: {reply.text[:80]}")
        chosen = next((title for title in titles if title.startswith(("继续", "确认", "提交"))), titles[0])
        reply = citizen.press(next(button for button in reply.buttons if button["title"] == chosen))
    tickets = ground.records.tickets(citizen.id)
    hold(len(tickets) == 1, f"{len(tickets)} tickets; last said: {reply.text[:100]}")
    hold("路灯" in tickets[0].what, "the draft was not kept")
    citizen.close()
    return "the draft was offered again and filed"


def disk_full(ground: Ground) -> str:
    """With no byte left on the disk: danger is answered, the rest is told so; with room again nothing acknowledged is lost."""
    folder = ground.assistant.settings.data_dir
    if not os.path.ismount(folder.parent):
        raise NotTried("needs root: a small disk of its own is mounted for it")
    citizen = ground.citizen()
    kept = [_until_answered(citizen, text) for text in (QUESTION, "护照怎么办")]
    with _filled(folder.parent):
        took = _danger(citizen, uuid.uuid4().hex)
        statuses = {citizen.post(f"身份证怎么办{n}", timeout=60).status_code for n in range(3)}
    hold(took < DANGER_SECONDS, f"danger was answered after {took:.1f} s")
    hold(statuses <= {200, 503}, f"answers: {statuses}")
    ground.assistant.wait_until_ready(RECOVERY_SECONDS)
    after = _until_answered(citizen, QUESTION)
    hold(after.part("answer")["entry_id"] == ENTRY, "the assistant did not recover")
    known = {message["turn_id"] for message in citizen.transcript() if message.get("turn_id")}
    hold({reply.turn_id for reply in kept} <= known, "an acknowledged turn is gone")
    citizen.close()
    return f"danger after {took:.2f} s, others {sorted(statuses)}; whole again with room"


@contextlib.contextmanager
def _filled(disk: Path) -> Iterator[None]:
    """No byte is free on this disk."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        for size in (1 << 20, 1 << 12, 1):
            with contextlib.suppress(OSError):
                for _ in range(4096):
                    file.write(b"\0" * size)
    try:
        yield
    finally:
        ballast.unlink()


def silent(ground: Ground, sign: str) -> str:
    """A process that lives and does not answer is started again."""
    if not ground.scale.suites:
        raise NotTried("at this scale; make test runs tests/integration/test_silent_processes.py")
    stopped = process(ground, sign)
    os.kill(stopped, signal.SIGSTOP)
    started = time.monotonic()
    try:
        replaced = first(lambda: _runs(ground, sign) and process(ground, sign) != stopped, SILENT_SECONDS, pause=0.5)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(stopped, signal.SIGCONT)
    hold(replaced, f"still silent after {SILENT_SECONDS:.0f} s")
    took = time.monotonic() - started
    ground.assistant.wait_until_ready(RECOVERY_SECONDS)
    citizen = _opened(ground)
    hold(_until_answered(citizen, QUESTION).part("answer")["entry_id"] == ENTRY, "no answer afterwards")
    citizen.close()
    return f"started again after {took:.0f} s, answers after {time.monotonic() - started:.0f} s"


TRIALS = [
    Trial("database locked", database_locked),
    Trial("Redis does not answer", redis_gone),
    Trial("Redis wiped in the middle of a form", redis_wiped),
    Trial("every process killed in the middle of conversations and filings", kills),
    Trial("the app lives and is silent", lambda ground: silent(ground, "-m bot.app")),
    Trial("Rasa lives and is silent", lambda ground: silent(ground, "-m rasa")),
]
ON_A_SMALL_DISK = [Trial("disk full", disk_full)]
