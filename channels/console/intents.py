"""What staff read for an intent, from ``intents.yml``."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import yaml


@lru_cache(maxsize=1)
def intent_labels() -> dict[str, str]:
    """Intent → its name in words."""
    data: dict[str, str] = yaml.safe_load((Path(__file__).parent / "intents.yml").read_text(encoding="utf-8"))
    return data


def intent_label(intent: str) -> str:
    """The name of an intent; of one that has been removed since, what it was called in the dialogue."""
    return intent_labels().get(intent, intent)
