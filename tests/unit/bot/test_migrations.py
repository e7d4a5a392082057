"""A migration that is broken off, whatever breaks it off, leaves a database that the next start brings to the present."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Engine, event

from bot.migrate import alembic_config, migrate

BEFORE = "0010"
MOST_STATEMENTS = 400


class BrokenOff(BaseException):
    """As a kill would: no handler on the way."""


@contextmanager
def broken_off_at(place: int) -> Iterator[None]:
    """The statement at this place, counted from 0, is not carried out."""
    seen = 0

    def count(*_: object) -> None:
        nonlocal seen
        if seen == place:
            raise BrokenOff
        seen += 1

    event.listen(Engine, "before_cursor_execute", count)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", count)


def schema(file: Path) -> set[str]:
    with closing(sqlite3.connect(file)) as database:
        return {str(row) for row in database.execute("SELECT type, name, sql FROM sqlite_master")}


@pytest.mark.slow
def test_a_migration_broken_off_at_any_statement_is_carried_out_at_the_next_start(tmp_path: Path) -> None:
    whole = tmp_path / "whole.db"
    migrate(f"sqlite:///{whole}")
    old = tmp_path / "old.db"
    command.upgrade(alembic_config(f"sqlite:///{old}"), BEFORE)
    for place in range(MOST_STATEMENTS):
        file = tmp_path / f"{place}.db"
        file.write_bytes(old.read_bytes())
        try:
            with broken_off_at(place):
                migrate(f"sqlite:///{file}")
        except BrokenOff:
            migrate(f"sqlite:///{file}")
            assert schema(file) == schema(whole), place
            file.unlink()
        else:
            break
    assert 10 < place < MOST_STATEMENTS - 1
