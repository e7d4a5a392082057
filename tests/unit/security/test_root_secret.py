"""A wrong or lost secret key is refused with words, and never replaced in silence."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from bot.database import create_database_engine
from bot.security.encryption import SECRET_FILE, FieldCipher, load_or_create_secret
from bot.security.root_secret import WrongSecretKey, accept_secret, secret_for

FIRST, SECOND = "the first secret, long enough for one", "the second secret, long enough for one"


@pytest.fixture
def engine(database_file: Path) -> Iterator[Engine]:
    engine = create_database_engine(f"sqlite:///{database_file}")
    yield engine
    engine.dispose()


def test_the_first_start_makes_a_key_and_later_ones_take_it(engine: Engine, tmp_path: Path) -> None:
    secret = secret_for("", tmp_path, engine)
    assert (tmp_path / SECRET_FILE).read_text(encoding="ascii") == secret
    assert secret_for("", tmp_path, engine) == secret
    assert secret_for(secret, tmp_path / "elsewhere", engine) == secret


def test_the_check_value_gives_nothing_of_the_key_away(engine: Engine, tmp_path: Path) -> None:
    secret = secret_for("", tmp_path, engine)
    with engine.connect() as connection:
        [row] = connection.execute(text("SELECT purpose, value FROM secret_checks")).all()
    assert secret not in row.value
    with pytest.raises(Exception, match="cannot be opened"):
        FieldCipher(row.value).decrypt(FieldCipher(secret).encrypt("13912345678"))


def test_a_deleted_key_is_not_made_anew_over_a_database_that_needs_it(engine: Engine, tmp_path: Path) -> None:
    secret_for("", tmp_path, engine)
    (tmp_path / SECRET_FILE).unlink()
    with pytest.raises(
        WrongSecretKey, match=r"is gone.*Put the right key back.*wenzheng secret accept.*Telephone numbers"
    ):
        secret_for("", tmp_path, engine)
    assert not (tmp_path / SECRET_FILE).exists()


@pytest.mark.parametrize("configured", [SECOND, ""])
def test_another_key_is_refused_and_the_words_name_where_it_came_from(
    engine: Engine, tmp_path: Path, configured: str
) -> None:
    secret_for(FIRST, tmp_path, engine)
    (tmp_path / SECRET_FILE).write_text(SECOND, encoding="ascii")
    with pytest.raises(WrongSecretKey, match="WENZHENG_SECRET_KEY is not" if configured else rf"{SECRET_FILE} is not"):
        secret_for(configured, tmp_path, engine)


@pytest.mark.parametrize("content", [b"", b"short", b"\xff" * 40])
def test_a_damaged_key_is_refused_and_kept(engine: Engine, tmp_path: Path, content: bytes) -> None:
    (tmp_path / SECRET_FILE).write_bytes(content)
    with pytest.raises(WrongSecretKey, match="damaged"):
        secret_for("", tmp_path, engine)
    assert (tmp_path / SECRET_FILE).read_bytes() == content


@pytest.mark.parametrize(("key", "right"), [(FIRST, True), (SECOND, False), ("", False)])
def test_a_database_older_than_the_check_value_is_told_by_what_was_sealed(
    engine: Engine, tmp_path: Path, key: str, right: bool
) -> None:
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO accounts (username, display_name, password_hash, roles, department, active, created_at,"
                " totp_secret) VALUES ('li', '李', '', '[]', '', 1, '2026-01-01', :sealed)"
            ),
            {"sealed": FieldCipher(FIRST).encrypt("JBSWY3DPEHPK3PXP")},
        )
    if right:
        assert secret_for(key, tmp_path, engine) == key
    else:
        with pytest.raises(WrongSecretKey):
            secret_for(key, tmp_path, engine)
        assert not (tmp_path / SECRET_FILE).exists()


def test_who_lost_the_key_for_good_can_go_on_with_another(engine: Engine, tmp_path: Path) -> None:
    secret_for(FIRST, tmp_path, engine)
    accept_secret(SECOND, tmp_path, engine)
    assert secret_for(SECOND, tmp_path, engine) == SECOND
    with pytest.raises(WrongSecretKey):
        secret_for(FIRST, tmp_path, engine)


def test_a_database_without_tables_refuses_nothing(tmp_path: Path) -> None:
    empty = create_database_engine(f"sqlite:///{tmp_path / 'empty.db'}")
    assert secret_for(FIRST, tmp_path, empty) == FIRST
    empty.dispose()


def test_two_that_start_at_once_agree_on_one_key(tmp_path: Path) -> None:
    made = {load_or_create_secret("", tmp_path) for _ in range(3)}
    assert len(made) == 1
    assert [path.name for path in tmp_path.iterdir()] == [SECRET_FILE]
