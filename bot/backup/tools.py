"""Running the dump and restore programs of a database server: found or named, their last words told, no password shown."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from bot.backup.errors import BackupError

HOURS = 6
SHOWN = 400


def find_tool(names: Sequence[str], package: str) -> str:
    """The first of these programs that is installed; raises BackupError that says how to get one."""
    for name in names:
        if found := shutil.which(name):
            return found
    raise BackupError(
        f"{names[0]} is not installed. It is one of the database's client programs (Debian: apt-get install {package})"
    )


def run_tool(
    command: Sequence[str | Path],
    environment: Mapping[str, str],
    *,
    stdin: IO[bytes] | int = subprocess.DEVNULL,
    stdout: IO[bytes] | int = subprocess.DEVNULL,
) -> None:
    """Run a program to its end; raises BackupError with what it said last. Passwords are in ``environment`` or in a file."""
    try:
        done = subprocess.run(  # noqa: S603
            command,
            env=dict(environment),
            stdin=stdin,
            stdout=stdout,
            stderr=subprocess.PIPE,
            timeout=HOURS * 3600,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise BackupError(f"{Path(command[0]).name} was stopped: it took more than {HOURS} hours") from error
    if done.returncode:
        raise BackupError(f"{Path(command[0]).name} failed: {last_words(done.stderr)}")


def last_words(output: bytes) -> str:
    """The end of what a program said, on one line."""
    lines = [line.strip() for line in output.decode(errors="replace").splitlines() if line.strip()]
    return " ".join(lines)[-SHOWN:] or "it said nothing"
