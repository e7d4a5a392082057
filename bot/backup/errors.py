"""Why a back-up or a restore was not done, in words for whoever runs the servers."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class BackupError(Exception):
    """Nothing was made or changed; the message says why and what to do."""


@contextmanager
def disk_errors(place: Path, doing: str) -> Iterator[None]:
    """Turn what the system says of a disk (full, read-only, not allowed) into a BackupError that names the place."""
    try:
        yield
    except OSError as error:
        where = error.filename or place
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise BackupError(
                f"The disk is full: {doing} {where} was broken off. Free some space and try again"
            ) from error
        reason = error.strerror or type(error).__name__
        raise BackupError(f"{doing} {where} did not work: {reason}") from error
