"""Changing the names of several files as one deed: what is to be done is written down first, and whoever comes next ends it.

Killed before ``restore.json`` is there, everything is as it was. Killed after it, the next start of anything that opens
the data carries the rest out before it looks at them (:func:`finish_interrupted_restore`).
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from bot.backup.files import PRIVATE_FILE, sync_folder, write_private

JOURNAL = "restore.json"
LOCK = ".restore.lock"

logger = logging.getLogger(__name__)
Move = tuple[Path, Path]


def switch_names(data_dir: Path, moves: Sequence[Move], leftovers: Sequence[Path]) -> None:
    """Write the changes down, then make them; ``leftovers`` are removed at the end."""
    unfinished = data_dir / f".{JOURNAL}"
    unfinished.unlink(missing_ok=True)
    plan = {
        "moves": [[str(source.absolute()), str(target.absolute())] for source, target in moves],
        "leftovers": [str(path.absolute()) for path in leftovers],
    }
    write_private(unfinished, json.dumps(plan).encode())
    unfinished.rename(data_dir / JOURNAL)
    sync_folder(data_dir)
    finish_interrupted_restore(data_dir)


def finish_interrupted_restore(data_dir: Path) -> bool:
    """Carry out what a restore had written down and a killed process did not come to; whether there was anything."""
    journal = data_dir / JOURNAL
    if not journal.exists():
        return False
    lock = os.open(data_dir / LOCK, os.O_WRONLY | os.O_CREAT, PRIVATE_FILE)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if journal.exists():  # another process may have ended it while this one waited
            _carry_out(journal)
    finally:
        os.close(lock)
    return True


def _carry_out(journal: Path) -> None:
    plan = json.loads(journal.read_text(encoding="utf-8"))
    for source, target in ((Path(source), Path(target)) for source, target in plan["moves"]):
        # Done already: what stands at the source now is the new one, or nothing.
        if source.exists() and not target.exists():
            source.rename(target)
            sync_folder(target.parent)
            sync_folder(source.parent)
    journal.unlink()
    sync_folder(journal.parent)
    for leftover in plan["leftovers"]:
        shutil.rmtree(leftover, ignore_errors=True)
    logger.info("a restore was carried out to its end")
