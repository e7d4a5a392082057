"""What Rasa cannot see of a component's inputs: files. Their hash decides whether a cached training result still holds."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from nlu.model_files import fingerprint

NLU_DIR = Path(__file__).resolve().parent.parent
SUFFIXES = frozenset({".py", ".txt", ".yml"})


@lru_cache(maxsize=1)
def of_language() -> str:
    """Hash of code and lexicon of the whole package ``nlu``."""
    return fingerprint(sorted(path for path in NLU_DIR.rglob("*") if path.suffix in SUFFIXES))
