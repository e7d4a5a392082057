import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.security.encryption import DecryptionError, FieldCipher, derive_key, load_or_create_secret

CIPHER = FieldCipher("one secret that is long enough to be one")


@given(st.text(max_size=200))
def test_what_is_encrypted_can_be_opened_and_never_looks_the_same(text: str) -> None:
    first, second = CIPHER.encrypt(text), CIPHER.encrypt(text)
    assert CIPHER.decrypt(first) == CIPHER.decrypt(second) == text
    assert first != second


def test_another_secret_or_a_changed_field_opens_nothing() -> None:
    locked = CIPHER.encrypt("13912345678")
    with pytest.raises(DecryptionError):
        FieldCipher("another secret that is long enough too").decrypt(locked)
    with pytest.raises(DecryptionError):
        CIPHER.decrypt(locked[:-4] + "AAA=")


def test_each_purpose_has_a_key_of_its_own() -> None:
    assert derive_key("secret", "cookies") != derive_key("secret", "telephones")


def test_a_secret_is_made_once_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    secret = load_or_create_secret("", tmp_path / "var")
    assert load_or_create_secret("", tmp_path / "var") == secret
    assert stat.S_IMODE((tmp_path / "var" / "secret.key").stat().st_mode) == 0o600


def test_a_short_configured_secret_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="32 characters"):
        load_or_create_secret("short", tmp_path)
