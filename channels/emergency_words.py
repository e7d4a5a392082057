"""What is said to people in danger, as data: ``emergencies.yml``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

WORDS_FILE = Path(__file__).with_name("emergencies.yml")


@dataclass(frozen=True)
class EmergencyWords:
    """``emergencies.yml``: what stands on buttons, what is said of possible danger, later on and of each kind.

    ``english``: buttons and words for who writes without a Chinese character. ``polite``: intents whose reply is left out
    where there is something to be said of danger.
    """

    phones: Mapping[str, str]
    english: Mapping[str, Any]
    possible: str
    follow_up: Mapping[str, str]
    polite: Sequence[str]
    kinds: Mapping[str, Mapping[str, Any]]

    @property
    def watched(self) -> frozenset[str]:
        """Kinds of which a member of staff is told at once: those that are spoken of in all later replies too."""
        return frozenset(kind for kind, words in self.kinds.items() if words.get("follow_up"))


@lru_cache(maxsize=1)
def load_words(path: Path = WORDS_FILE) -> EmergencyWords:
    """The words in force."""
    return EmergencyWords(**yaml.safe_load(path.read_text(encoding="utf-8")))
