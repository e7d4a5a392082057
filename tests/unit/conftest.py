import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session, sessionmaker

from bot.database import create_database_engine, create_session_factory
from bot.migrate import migrate
from bot.security.encryption import FieldCipher

SECRET = "a secret for tests that is long enough"


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with the present schema, made once by the real migrations and copied for each test."""
    path = tmp_path_factory.mktemp("schema") / "empty.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture
def database_file(migrated: Path, tmp_path: Path) -> Path:
    path = tmp_path / "test.db"
    path.write_bytes(migrated.read_bytes())
    return path


@pytest.fixture
def sessions(database_file: Path) -> Iterator[sessionmaker[Session]]:
    engine = create_database_engine(f"sqlite:///{database_file}")
    yield create_session_factory(engine)
    engine.dispose()


@pytest.fixture
def cipher() -> FieldCipher:
    return FieldCipher(SECRET)


@pytest.fixture(autouse=True)
def logging_as_it_was() -> Iterator[None]:
    """What a test sets up of logging, as a process does at its start, ends with it: the next one counts records."""
    root = logging.getLogger()
    level, handlers = root.level, list(root.handlers)
    yield
    root.setLevel(level)
    for handler in [one for one in root.handlers if type(one) is logging.StreamHandler and one not in handlers]:
        root.removeHandler(handler)
