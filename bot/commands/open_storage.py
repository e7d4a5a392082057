"""The database for a command: ready to be worked with, closed at the end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from bot.container import Storage, build_storage
from bot.settings import get_settings
from bot.setup_steps import prepare_database


@contextmanager
def open_storage() -> Iterator[Storage]:
    """The database, migrated and with the content files in it."""
    settings = get_settings()
    prepare_database(settings)
    storage = build_storage(settings)
    try:
        yield storage
    finally:
        storage.engine.dispose()
