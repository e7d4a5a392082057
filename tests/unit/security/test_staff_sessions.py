from __future__ import annotations

import pytest
from security_fakes import GOOD, StaffRoom

from bot.security.errors import SignInRefused


@pytest.fixture(autouse=True)
def _lina(room: StaffRoom) -> None:
    room.accounts.create("lina", GOOD, roles=["curator"])


def test_a_token_names_its_account_until_it_expires(room: StaffRoom) -> None:
    token = room.signed_in()
    for _ in range(16):  # used all the time
        room.pass_time(minutes=29.9)
        principal = room.accounts.session_account(token)
        assert principal is not None and principal.username == "lina"
    room.pass_time(minutes=2)
    assert room.accounts.session_account(token) is None
    assert not room.accounts.session_ended(token)


def test_a_session_that_is_not_used_ends_before_its_time(room: StaffRoom) -> None:
    token = room.signed_in()
    room.pass_time(minutes=59)
    assert room.accounts.session_account(token) is not None
    room.pass_time(minutes=59)
    assert [one.here for one in room.accounts.open_sessions("lina", token)] == [True]
    assert not room.accounts.session_ended(token)  # asking whether it was ended is no use of it
    room.pass_time(minutes=2)
    assert room.accounts.session_account(token) is None
    assert room.accounts.open_sessions("lina", token) == []


@pytest.mark.parametrize("end", ["close_all_sessions", "deactivate", "reset_password", "reset_second_factor"])
def test_a_session_that_somebody_ended_is_known_as_ended(room: StaffRoom, end: str) -> None:
    token = room.signed_in()
    assert not room.accounts.session_ended(token)
    getattr(room.accounts, end)("lina", actor="wangbo")
    assert room.accounts.session_ended(token)
    assert room.accounts.session_ended("guess")


def test_signing_out_ends_this_session_only(room: StaffRoom) -> None:
    here, elsewhere = room.signed_in(), room.signed_in()
    room.accounts.close_session(here)
    assert room.accounts.session_account(here) is None
    assert room.accounts.session_account(elsewhere) is not None
    room.accounts.close_session(here)


def test_a_deactivated_account_is_out_at_once(room: StaffRoom) -> None:
    token = room.signed_in()
    room.accounts.deactivate("lina")
    assert room.accounts.session_account(token) is None


@pytest.mark.parametrize("token", ["", "guess", "0" * 64])
def test_unknown_tokens_open_nothing(room: StaffRoom, token: str) -> None:
    room.signed_in()
    assert room.accounts.session_account(token) is None
    room.accounts.close_session(token)


def test_the_digest_in_the_database_is_no_token(room: StaffRoom) -> None:
    room.signed_in()
    digest = str(room.raw("SELECT token_hash FROM staff_sessions")[0][0])
    assert room.accounts.session_account(digest) is None


def test_every_sign_in_has_a_token_of_its_own(room: StaffRoom) -> None:
    assert len({room.signed_in() for _ in range(5)}) == 5


def test_sessions_long_expired_are_cleared_away(room: StaffRoom) -> None:
    room.signed_in()
    room.pass_time(days=31)
    room.signed_in()
    assert room.raw("SELECT count(*) FROM staff_sessions") == [(1,)]


def test_a_password_that_was_changed_or_an_account_that_was_closed_in_between_opens_nothing(room: StaffRoom) -> None:
    before = room.accounts.authenticate("lina", GOOD, address="10.0.0.1")
    room.accounts.set_password("lina", "another good one")
    with pytest.raises(SignInRefused):
        room.accounts.open_session(before)
    again = room.accounts.authenticate("lina", "another good one", address="10.0.0.1")
    room.accounts.deactivate("lina")
    with pytest.raises(SignInRefused):
        room.accounts.open_session(again)
    assert room.raw("SELECT count(*) FROM staff_sessions") == [(0,)]


@pytest.mark.parametrize("change", ["set_password", "deactivate"])
def test_what_is_changed_while_a_password_is_looked_at_counts(
    room: StaffRoom, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    verify = room.accounts._passwords.verify

    def slow(kept: str | None, password: str) -> bool:
        right = verify(kept, password)
        arguments = ["lina", "another good one"] if change == "set_password" else ["lina"]
        getattr(room.accounts, change)(*arguments)
        return right

    monkeypatch.setattr(room.accounts._passwords, "verify", slow)
    with pytest.raises(SignInRefused):
        room.accounts.authenticate("lina", GOOD, address="10.0.0.1")
