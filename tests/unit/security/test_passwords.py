from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from security_fakes import CHEAP

from bot.security.passwords import Passwords

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
