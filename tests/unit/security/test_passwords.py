from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from security_fakes import CHEAP

from bot.security.errors import InvalidAccount
from bot.security.passwords import Passwords, check_password, one_time_password

TYPED = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60)
PASSWORDS = Passwords(CHEAP)


@given(TYPED, TYPED)
@settings(max_examples=60, deadline=None)
def test_any_password_verifies_only_itself(password: str, other: str) -> None:
    kept = PASSWORDS.hash(password)
    assert password not in kept or len(password) < 6
    assert PASSWORDS.verify(kept, password)
    assert PASSWORDS.verify(kept, other) == (password == other)


@given(TYPED)
@settings(max_examples=30, deadline=None)
def test_nobody_has_no_password_and_a_damaged_hash_opens_nothing(password: str) -> None:
    assert not PASSWORDS.verify(None, password)
    assert not PASSWORDS.verify("not a hash", password)


def test_the_dummy_password_opens_nothing() -> None:
    assert not PASSWORDS.verify(None, "nobody has this password")


@pytest.mark.parametrize(
    "password",
    [
        "password123",
        "qwertyuiop",
        "1qaz2wsx3edc",
        "woaini1314520",
        "5201314520",
        "wenzheng2026",
        "WenZheng@2026",
        "zhengwu-12345",
        "zhangmin1990",
        "zhangmin-zhangmin",
        "abc123456789",
        "P@ssw0rd2026",
        "admin12345678",
        "a1b2c3d4e5f6",
    ],
)
def test_a_password_that_people_often_choose_is_refused(password: str) -> None:
    with pytest.raises(InvalidAccount, match="容易被猜到") as refused:
        check_password(password, "zhangmin")
    assert refused.value.code == "password_common"


@pytest.mark.parametrize(
    "password", ["correct horse battery", "梧桐街-crane-2026", "青山不改绿水长流的地方", "tram7 orchid basalt" * 10]
)
def test_words_that_have_nothing_to_do_with_each_other_are_taken(password: str) -> None:
    check_password(password, "zhangmin")


@given(st.integers())
@settings(max_examples=30, deadline=None)
def test_a_password_that_is_handed_over_is_always_good_enough(_: int) -> None:
    check_password(one_time_password(), "zhangmin")
