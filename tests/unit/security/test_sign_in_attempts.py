from __future__ import annotations

import pytest
from security_fakes import GOOD, StaffRoom

from bot.security.errors import SignInRefused, TooManyAttempts


def _wrong(room: StaffRoom, times: int, address: str = "10.0.0.1", name: str = "lina") -> None:
    for _ in range(times):
        with pytest.raises(SignInRefused):
            room.accounts.authenticate(name, "wrong password", address=address)


@pytest.fixture(autouse=True)
def _lina(room: StaffRoom) -> None:
    room.accounts.create("lina", GOOD, roles=["curator"])


def test_after_ten_wrong_attempts_even_the_right_password_waits(room: StaffRoom) -> None:
    _wrong(room, 10)
    with pytest.raises(TooManyAttempts, match="1 分钟后再试"):
        room.accounts.authenticate("lina", GOOD, address="10.0.0.1")
    room.pass_time(seconds=61)
    room.accounts.authenticate("lina", GOOD, address="10.0.0.1")


def test_waiting_attempts_do_not_prolong_the_wait(room: StaffRoom) -> None:
    _wrong(room, 10)
    for _ in range(5):
        room.pass_time(seconds=10)
        with pytest.raises(TooManyAttempts):
            room.accounts.authenticate("lina", GOOD, address="10.0.0.1")
    room.pass_time(seconds=11)
    room.accounts.authenticate("lina", GOOD, address="10.0.0.1")


def test_other_people_and_other_addresses_are_not_locked_out(room: StaffRoom) -> None:
    _wrong(room, 10)
    _wrong(room, 1, name="nobody")
    room.accounts.authenticate("lina", GOOD, address="10.0.0.2")


def test_the_name_is_counted_however_it_is_spelt(room: StaffRoom) -> None:
    for name in ["lina", "LINA", " Lina", "ｌｉｎａ", "LiNa"] * 2:
        _wrong(room, 1, name=name)
    with pytest.raises(TooManyAttempts):
        room.accounts.authenticate("lina", GOOD, address="10.0.0.1")


def test_success_forgets_the_attempts(room: StaffRoom) -> None:
    _wrong(room, 9)
    room.accounts.authenticate("lina", GOOD, address="10.0.0.1")
    _wrong(room, 9)
    room.accounts.authenticate("lina", GOOD, address="10.0.0.1")


def test_neither_names_nor_addresses_are_kept(room: StaffRoom) -> None:
    _wrong(room, 2)
    assert "lina" not in str(room.raw("SELECT * FROM sign_in_attempts"))
    assert "10.0.0.1" not in str(room.raw("SELECT * FROM sign_in_attempts"))
