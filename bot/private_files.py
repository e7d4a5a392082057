"""Run-time data belong to their owner alone: files 0600, folders 0700, whatever the umask of whoever starts us."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

OWNER_ONLY = 0o077
EVERYONE_ELSE = stat.S_IRWXG | stat.S_IRWXO


def set_private_umask() -> None:
    """Whatever this process and its children make from now on is readable by its owner alone."""
    os.umask(OWNER_ONLY)


def open_to_others(*places: Path) -> Iterator[Path]:
    """What in these folders, or which of these files, somebody else than the owner may read, write or enter.

    Symbolic links are not followed: what they lead to is not ours to judge.
    """
    for place in places:
        if place.is_symlink() or not place.exists():
            continue
        if _wide(place):
            yield place
        for folder, folders, files in os.walk(place):
            yield from (path for name in (*folders, *files) if _wide(path := Path(folder, name)))


def make_private(*places: Path) -> list[Path]:
    """Take from all others what they may do there; returns what could not be changed, for it is somebody else's."""
    left = []
    for path in open_to_others(*places):
        try:
            path.chmod(stat.S_IMODE(path.lstat().st_mode) & ~EVERYONE_ELSE)
        except FileNotFoundError:
            continue  # gone in the meantime
        except OSError:
            left.append(path)
    return left


def _wide(path: Path) -> bool:
    try:
        found = path.lstat().st_mode
    except OSError:
        return False
    return (stat.S_ISREG(found) or stat.S_ISDIR(found)) and bool(found & EVERYONE_ELSE)
