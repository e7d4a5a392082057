"""Folders of trained models: named by a hash of all that decided what came out, put in place whole, forgotten when old."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from types import ModuleType

from nlu.vocabulary import LEXICON_DIR

# English words are read before anything that was learned is asked: a new one takes no training.
NOT_LEARNED = frozenset({"english.yml"})


def fingerprint(paths: Iterable[Path], salt: str = "") -> str:
    """Hash (16 hexadecimal digits) of names and contents of files, in the order given, and of ``salt``."""
    digest = hashlib.sha256(salt.encode())
    for path in paths:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def lexicon_files() -> list[Path]:
    """Every file of the lexicon that something is learned from, in order."""
    return sorted(path for path in LEXICON_DIR.rglob("*") if path.is_file() and path.name not in NOT_LEARNED)


def code_files(modules: Iterable[ModuleType]) -> list[Path]:
    """Where the modules are written."""
    return [Path(module.__file__) for module in modules if module.__file__]


def put_in_place(target: Path, write: Callable[[Path], None]) -> None:
    """Let ``write`` make the folder; it appears at ``target`` at once and whole, or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".") as work:
        made = Path(work) / "made"
        write(made)
        shutil.rmtree(target, ignore_errors=True)
        made.rename(target)


def keep_newest(folder: Path, count: int, current: Path) -> None:
    """Remove all models in ``folder`` but ``current`` and the newest others, ``count`` in all."""
    others = sorted(
        (path for path in folder.iterdir() if path != current and not path.name.startswith(".")),
        key=lambda path: path.stat().st_mtime,
    )
    for path in others[: len(others) - count + 1]:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
