"""A database that is locked, gone or full: asked again in a few seconds, told in words, and never quoted in a log."""

from __future__ import annotations

import json
import logging
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session, sessionmaker

from bot import cli, database
from bot.database import DATABASE_REFUSALS, create_database_engine, refusal_of
from bot.logs import configure_logging
from channels.conversations.models import Conversation

PERSON = "王小明住在云州市为民路1号"


class Quoting(Exception):
    """What PostgreSQL's driver raises: its words hold the row."""

    sqlstate = "23505"


def quoting() -> IntegrityError:
    words = Quoting(f"duplicate key value violates unique constraint DETAIL: Key (contact)=({PERSON}) already exists.")
    try:
        raise words
    except Quoting as cause:
        error = IntegrityError("INSERT INTO tickets (contact) VALUES (%(contact)s)", {"contact": PERSON}, cause)
        error.__cause__ = cause
        return error


@pytest.fixture
def log(capsys: pytest.CaptureFixture[str]) -> Iterator[pytest.CaptureFixture[str]]:
    before = logging.root.handlers[:], logging.root.level
    yield capsys
    logging.root.handlers[:], logging.root.level = before


def lines(log: pytest.CaptureFixture[str]) -> list[dict[str, str]]:
    err = log.readouterr().err
    assert "Logging error" not in err, err
    return [json.loads(line) for line in err.splitlines()]


def test_what_a_statement_carried_is_in_no_error(sessions: sessionmaker[Session]) -> None:
    with sessions() as session, session.begin():
        session.add(Conversation(id="a", channel="web"))
    with pytest.raises(IntegrityError) as caught, sessions() as session, session.begin():
        session.add(Conversation(id="a", channel="web", external_id=PERSON))
    assert PERSON not in str(caught.value)


def test_migrations_hide_it_too(tmp_path: Path) -> None:
    source = (Path(database.__file__).parent / "migrations" / "env.py").read_text(encoding="utf-8")
    assert "create_database_engine(" in source and "create_engine(" not in source.replace("create_database_engine(", "")


@pytest.mark.parametrize("how", ["exc_info", "exception", "as the message", "wrapped"])
def test_no_log_quotes_what_the_database_quotes(log: pytest.CaptureFixture[str], how: str) -> None:
    configure_logging("INFO")
    logger = logging.getLogger("sample")
    try:
        raise quoting()
    except IntegrityError as error:
        if how == "exc_info":
            logger.error("failed", exc_info=error)
        elif how == "exception":
            logger.exception("failed: %s", error)
        elif how == "as the message":
            logger.exception(error)
        else:
            wrapped = RuntimeError("a turn failed")
            wrapped.__cause__ = error
            logger.error("failed", exc_info=ExceptionGroup("tasks", [wrapped]))  # noqa: F821 - Python 3.11 has it
    [line] = lines(log)
    assert "王小明" not in json.dumps(line, ensure_ascii=False)
    assert "IntegrityError" in line["exception"]
    assert "Quoting 23505" in line["exception"]


def test_an_error_of_ours_keeps_its_words_and_its_traceback(log: pytest.CaptureFixture[str]) -> None:
    configure_logging("INFO")
    try:
        raise ValueError("three is not four")
    except ValueError:
        logging.getLogger("sample").exception("failed")
    [line] = lines(log)
    assert "ValueError: three is not four" in line["exception"]
    assert "test_database_refusals.py" in line["exception"]


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (
            OperationalError("x", {}, sqlite3.OperationalError("database is locked")),
            "OperationalError: database is locked",
        ),
        (quoting(), "Quoting 23505"),
        (OperationalError("x", {}, Exception(1205, "Lock wait timeout")), "Exception 1205"),
        (OperationalError("x", {}, Exception(f"Incorrect value {PERSON}")), "Exception"),
        (PoolTimeout("QueuePool limit"), "TimeoutError"),
    ],
)
def test_a_refusal_is_told_by_its_kind_and_code(error: DBAPIError, told: str) -> None:
    assert refusal_of(error) == told


@pytest.fixture
def locked(database_file: Path) -> Iterator[Path]:
    """The database while somebody else writes."""
    other = sqlite3.connect(database_file)
    other.execute("BEGIN IMMEDIATE")
    yield database_file
    other.rollback()
    other.close()


def test_a_locked_database_is_waited_for_as_long_as_said_and_no_longer(locked: Path) -> None:
    engine = create_database_engine(f"sqlite:///{locked}", wait_seconds=0.2)
    began = time.perf_counter()
    with pytest.raises(DATABASE_REFUSALS), engine.begin() as connection:
        connection.execute(text("DELETE FROM turns"))
    assert 0.15 < time.perf_counter() - began < 3
    engine.dispose()


def test_a_full_pool_is_waited_for_as_long_as_said(database_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "POOL_SIZE", 1)
    monkeypatch.setattr(database, "POOL_OVERFLOW", 0)
    engine = create_database_engine(f"sqlite:///{database_file}", wait_seconds=0.2)
    with engine.connect(), pytest.raises(DATABASE_REFUSALS):
        engine.connect()
    engine.dispose()


def test_nobody_waits_so_long_that_others_lack_the_thread() -> None:
    assert database.WAIT_SECONDS <= 5


@pytest.mark.parametrize(
    ("dsn", "arguments", "statements"),
    [
        ("postgresql+psycopg://a@b/c", {"connect_timeout": 5}, ["SET lock_timeout = 5000"]),
        ("mysql+pymysql://a@b/c", {"connect_timeout": 5}, ["SET SESSION innodb_lock_wait_timeout = 5"]),
        ("mariadb+pymysql://a@b/c", {"connect_timeout": 5}, ["SET SESSION innodb_lock_wait_timeout = 5"]),
    ],
)
def test_every_database_is_told_how_long_to_wait(dsn: str, arguments: dict[str, int], statements: list[str]) -> None:
    url = database.make_url(dsn)
    assert database._connect_args(url, 5.0) == arguments
    assert database._connection_settings(url.get_backend_name(), 5.0) == statements


def test_a_command_says_it_in_a_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def refuse() -> None:
        raise OperationalError("INSERT", {"name": PERSON}, sqlite3.OperationalError("database is locked"))

    monkeypatch.setattr(cli, "app", refuse)
    with pytest.raises(SystemExit) as left:
        cli.main()
    shown = capsys.readouterr().err
    assert left.value.code == 1
    assert "database is locked" in shown.replace("\n", " ") and PERSON not in shown and "Traceback" not in shown
