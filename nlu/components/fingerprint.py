"""What Rasa cannot see of a component's inputs: files. Their hash decides whether a cached training result still holds."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

NLU_DIR = Path(__file__).resolve().parent.parent
SUFFIXES = frozenset({".py", ".txt", ".yml"})


def of_files(paths: Iterable[Path]) -> str:
    """Hash of names and contents, in the order given."""
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


@lru_cache(maxsize=1)
def of_language() -> str:
    """Hash of code and lexicon of the whole package ``nlu``."""
    return of_files(sorted(path for path in NLU_DIR.rglob("*") if path.suffix in SUFFIXES))
