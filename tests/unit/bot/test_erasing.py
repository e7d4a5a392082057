"""Deleted rows are found neither in the database file nor beside it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from bot.database import create_database_engine
from bot.erasing import erase_deleted

WORDS = "楼上半夜拖椅子"


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = create_database_engine(f"sqlite:///{tmp_path / 'file.db'}")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE said (id INTEGER PRIMARY KEY, words TEXT)"))
    yield engine
    engine.dispose()


def write_and_delete(engine: Engine) -> None:
    """Short texts and one that needs pages of its own, between others that stay."""
    with engine.begin() as connection:
        for number in range(300):
            words = WORDS if number % 3 else f"别的话{number}"
            connection.execute(
                text("INSERT INTO said (words) VALUES (:words)"), {"words": words * (900 if number == 4 else 1)}
            )
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM said WHERE words LIKE :words"), {"words": f"{WORDS}%"})


def holds(tmp_path: Path) -> list[str]:
    return [path.name for path in tmp_path.iterdir() if WORDS.encode() in path.read_bytes()]


def test_deleted_words_are_in_no_file(engine: Engine, tmp_path: Path) -> None:
    write_and_delete(engine)
    assert holds(tmp_path)
    assert erase_deleted(engine)
    assert not holds(tmp_path)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM said")) == 100


def test_words_that_an_older_version_deleted_without_writing_over_go_with_vacuum(
    engine: Engine, tmp_path: Path
) -> None:
    engine.dispose()
    with closing(sqlite3.connect(tmp_path / "file.db")) as plain:
        plain.execute("PRAGMA secure_delete=OFF")
        plain.executemany(
            "INSERT INTO said (words) VALUES (?)", [(WORDS * (900 if n == 4 else 1),) for n in range(300)]
        )
        plain.commit()
        plain.execute("DELETE FROM said")
        plain.commit()
    erase_deleted(engine)
    assert holds(tmp_path)
    assert erase_deleted(engine, vacuum=True)
    assert not holds(tmp_path)


def test_a_reader_that_stays_is_not_waited_for_without_end(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []
    monkeypatch.setattr("bot.erasing.time.sleep", pauses.append)
    with closing(sqlite3.connect(tmp_path / "file.db")) as reader:
        write_and_delete(engine)
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM said").fetchone()
        with engine.begin() as connection:
            connection.execute(text("INSERT INTO said (words) VALUES ('x')"))
        monkeypatch.setattr("bot.erasing.ATTEMPTS", 2)
        assert not erase_deleted(engine)
    assert len(pauses) == 2
    assert erase_deleted(engine)
