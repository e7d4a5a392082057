"""Making sure that deleted rows are gone from the disk: SQLite keeps old pages in its log and its file until it is asked."""

from __future__ import annotations

import time

from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

ATTEMPTS = 20
PAUSE = 0.25


def erase_deleted(engine: Engine, *, vacuum: bool = False) -> bool:
    """Empty SQLite's write-ahead log into the file, where deleted rows are written over; whether that was possible.

    ``vacuum``: also write the whole file anew, for rows deleted before ``secure_delete`` was on; nobody else can write
    meanwhile. Other databases look after their files themselves.
    """
    if engine.dialect.name != "sqlite":
        return True
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for _ in range(ATTEMPTS):
            try:
                if vacuum:
                    connection.execute(text("VACUUM"))
                    vacuum = False
                # The log is emptied only when no reader stands in it.
                busy, _, _ = connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)")).one()
            except OperationalError:
                busy = 1
            if not busy:
                return True
            time.sleep(PAUSE)
    return False
