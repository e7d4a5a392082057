"""What staff read for an intent, from ``intents.yml``."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import yaml

from actions.fallback import NOT_SURE


@lru_cache(maxsize=1)
def intent_labels() -> dict[str, str]:
    """Intent → its name in words."""
    data: dict[str, str] = yaml.safe_load((Path(__file__).parent / "intents.yml").read_text(encoding="utf-8"))
    return data


def intent_label(intent: str) -> str:
    """The name of an intent; of one that has been removed since, what it was called in the dialogue."""
    return intent_labels().get(intent, intent)


def trainable_intents() -> dict[str, str]:
    """Intents that a sentence can be an example of: all but the one that says that none was found."""
    return {intent: label for intent, label in intent_labels().items() if intent != NOT_SURE}
