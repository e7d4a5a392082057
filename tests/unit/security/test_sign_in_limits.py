"""How often anybody may try to sign in: by name, by address, in all; with pauses that grow, and how they are ended."""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from argon2 import PasswordHasher
from hypothesis import given, settings
from hypothesis import strategies as st
from security_fakes import CHEAP, GOOD, StaffRoom

from bot.security.attempts import LONGEST_PAUSE, DatabaseAttemptLimiter, Limits, Rule
from bot.security.errors import SignInRefused, TooBusy, TooManyAttempts, UnknownAccount
from bot.security.passwords import AT_ONCE, Passwords


@pytest.fixture(autouse=True)
def _lina(room: StaffRoom) -> None:
    room.accounts.create("lina", GOOD, roles=["curator"])


def wrong(room: StaffRoom, name: str = "lina", address: str = "10.0.0.1", known: str = "") -> None:
    with pytest.raises(SignInRefused):
        room.accounts.authenticate(name, "wrong password", address=address, known=known)


def waits(room: StaffRoom, name: str = "lina", address: str = "10.0.0.1", known: str = "") -> int:
    with pytest.raises(TooManyAttempts) as refused:
        room.accounts.authenticate(name, GOOD, address=address, known=known)
    return refused.value.minutes


def test_pauses_grow_and_stop_growing_at_an_hour(room: StaffRoom) -> None:
    for _ in range(10):
        wrong(room)
    pauses = []
    for _ in range(9):
        pauses.append(waits(room))
        room.pass_time(minutes=pauses[-1])
        wrong(room)
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    room.pass_time(minutes=60)
    assert room.accounts.authenticate("lina", GOOD, address="10.0.0.1")


def test_guessing_from_many_addresses_is_counted_by_name(room: StaffRoom) -> None:
    for number in range(30):
        wrong(room, address=f"10.0.1.{number}")
    assert waits(room, address="10.0.2.1") == 1


def test_a_known_browser_is_not_kept_out_by_guesses_from_elsewhere(room: StaffRoom) -> None:
    known = room.accounts.known_browser("lina")
    for number in range(30):
        wrong(room, address=f"10.0.1.{number}")
    waits(room, address="10.0.2.1")
    assert room.accounts.authenticate("lina", GOOD, address="10.0.2.1", known=known).username == "lina"
    for _ in range(10):
        wrong(room, known=known)
    assert waits(room, known=known) == 1  # it may not guess without end either


@pytest.mark.parametrize("known", ["", "nonsense", "gAAAAAB", "\ud800"])
def test_a_note_that_is_none_knows_no_browser(room: StaffRoom, known: str) -> None:
    for _ in range(10):
        wrong(room, known=known)
    assert waits(room, known=known) == 1


def test_a_known_browser_is_known_for_one_name_and_for_three_months(room: StaffRoom) -> None:
    room.accounts.create("ligong", GOOD, roles=["curator"])
    known = room.accounts.known_browser("ligong")
    for _ in range(10):
        wrong(room, known=known)
    waits(room, known=known)
    for _ in range(10):
        wrong(room, name="ligong")
    assert room.accounts.authenticate("ligong", GOOD, address="10.0.0.1", known=known)
    room.pass_time(days=91)
    for _ in range(10):
        wrong(room, name="ligong")
    waits(room, name="ligong", known=known)


def test_one_address_cannot_try_name_after_name(room: StaffRoom) -> None:
    for number in range(100):
        wrong(room, name=f"name{number}")
    assert waits(room, name="somebody") == 10
    assert room.accounts.authenticate("lina", GOOD, address="10.0.9.9")
    room.pass_time(minutes=10)
    assert room.accounts.authenticate("lina", GOOD, address="10.0.0.1")


def test_all_addresses_together_have_a_limit(room: StaffRoom) -> None:
    limiter = DatabaseAttemptLimiter(room.sessions, Limits(everybody="5/minute"), room.now)
    for number in range(5):
        limiter.attempt(f"name{number}", f"10.0.0.{number}")
    with pytest.raises(TooManyAttempts):
        limiter.attempt("name9", "10.0.0.9")
    assert limiter.attempt("name9", "10.0.0.9", browser="known")


def test_a_success_takes_back_its_own_attempt_and_no_others(room: StaffRoom) -> None:
    for number in range(29):
        wrong(room, address=f"10.0.1.{number}")
    for _ in range(5):
        room.accounts.authenticate("lina", GOOD, address="10.0.0.1")
    wrong(room, address="10.0.3.1")
    assert waits(room, address="10.0.3.2") == 1


def test_a_pause_is_in_the_audit_log(room: StaffRoom) -> None:
    for _ in range(10):
        wrong(room)
    details = [one.detail for one in room.accounts.audit.records() if one.action == "session.refused"]
    assert details[:2] == ["，之后要等 1 分钟", ""]


@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_no_single_pause_is_longer_than_an_hour(count: int, age: int) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    rule = Rule.parse("10/minute", grows=True)
    wait = rule.wait(count, now - timedelta(days=1), now - timedelta(seconds=age), now)
    assert wait <= LONGEST_PAUSE
    assert (wait <= timedelta()) or count >= 10


def kept_out(room: StaffRoom) -> None:
    """Somebody guesses from many addresses, and takes the first try after each pause."""
    for number in range(30):
        wrong(room, address=f"10.0.1.{number}")
    for hours in range(10):
        room.pass_time(hours=1)
        wrong(room, address=f"10.0.2.{hours}")
    for _ in range(9):
        room.pass_time(hours=1)
        wrong(room, address="10.0.0.1")
    waits(room)


def test_who_goes_on_guessing_keeps_a_name_out_of_new_browsers_until_it_is_unlocked(room: StaffRoom) -> None:
    kept_out(room)
    room.accounts.unlock("Lina", actor="admin")
    assert room.accounts.authenticate("lina", GOOD, address="10.0.0.1").username == "lina"
    record = room.accounts.audit.records(limit=1)[0]
    assert (record.actor, record.action, record.object) == ("admin", "account.unlock", "lina")
    with pytest.raises(UnknownAccount):
        room.accounts.unlock("nobody")


def test_a_new_password_of_an_administrator_opens_at_once(room: StaffRoom) -> None:
    kept_out(room)
    password = room.accounts.reset_password("lina", actor="admin")
    assert room.accounts.authenticate("lina", password, address="10.0.0.1").owes == "password"


def test_a_new_account_begins_without_failures(room: StaffRoom) -> None:
    for _ in range(10):
        wrong(room, name="ligong")
    room.accounts.create("ligong", GOOD, roles=["curator"])
    assert room.accounts.authenticate("ligong", GOOD, address="10.0.0.1")


def test_unlocking_one_name_leaves_the_others_and_the_addresses(room: StaffRoom) -> None:
    for number in range(50):
        wrong(room, name="lina" if number < 10 else f"name{number}")
    for _ in range(10):
        wrong(room, name="lina2")
    room.accounts.unlock("lina")
    assert waits(room, name="lina2") == 1
    for number in range(40):
        wrong(room, name=f"other{number}")
    assert waits(room) == 10


class _Watched(PasswordHasher):
    """Counts how many are at work at once; each waits until ``open`` lets it go on."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.open = threading.Event()
        self.at_work, self.most = 0, 0
        self._lock = threading.Lock()

    def verify(self, hash: str | bytes, password: str | bytes) -> bool:  # type: ignore[override]
        with self._lock:
            self.at_work += 1
            self.most = max(self.most, self.at_work)
        self.open.wait(20)
        with self._lock:
            self.at_work -= 1
        return True


def test_however_many_sign_in_at_once_two_passwords_are_worked_on_and_the_rest_is_told_to_come_back() -> None:
    hasher = _Watched()
    passwords = Passwords(hasher, waiting=10)
    kept = CHEAP.hash(GOOD)

    def verify(_: int) -> str:
        try:
            return str(passwords.verify(kept, GOOD))
        except TooBusy:
            return "busy"

    with ThreadPoolExecutor(50) as pool:
        answers = [pool.submit(verify, number) for number in range(50)]
        busy = [one.result() for one in answers if _soon(one)]
        hasher.open.set()
        results = [one.result(20) for one in answers]
    assert hasher.most == AT_ONCE
    assert len(busy) == results.count("busy") == 50 - 10 - AT_ONCE
    assert passwords.verify(kept, GOOD)


def _soon(future: Future[str]) -> bool:
    try:
        future.result(0.2)
    except TimeoutError:
        return False
    return True


def test_who_waits_too_long_is_told_to_come_back_and_nothing_is_counted_against_them(room: StaffRoom) -> None:
    hasher = _Watched()
    accounts = room.service(hasher=hasher, patience=0.01)
    holders = [
        threading.Thread(target=accounts.authenticate, args=("lina", GOOD), kwargs={"address": str(number)})
        for number in range(AT_ONCE)
    ]
    for one in holders:
        one.start()
    deadline = time.monotonic() + 20
    while hasher.at_work < AT_ONCE and time.monotonic() < deadline:
        time.sleep(0.01)
    before = room.raw("SELECT count(*) FROM sign_in_attempts")
    with pytest.raises(TooBusy):
        accounts.authenticate("lina", GOOD, address="10.0.0.1")
    assert room.raw("SELECT count(*) FROM sign_in_attempts") == before
    hasher.open.set()
    for one in holders:
        one.join(20)


def test_hashes_are_made_with_the_parameters_of_owasp() -> None:
    assert Passwords().hash(GOOD).startswith("$argon2id$v=19$m=19456,t=2,p=1$")


@settings(max_examples=20, deadline=None)
@given(st.sampled_from(["10/minute", "3/hour", "100/10minute"]), st.booleans())
def test_a_limit_is_read_as_settings_write_it(text: str, grows: bool) -> None:
    rule = Rule.parse(text, grows=grows)
    assert rule.amount == int(text.split("/")[0])
    assert rule.memory >= rule.window
