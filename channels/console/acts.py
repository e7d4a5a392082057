"""What staff read for an act that competed for a turn, from ``acts.yml``."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import yaml


@lru_cache(maxsize=1)
def act_labels() -> dict[str, str]:
    """Act → its name in words."""
    data: dict[str, str] = yaml.safe_load((Path(__file__).parent / "acts.yml").read_text(encoding="utf-8"))
    return data


def act_label(act: str) -> str:
    """The name of an act; of one that has been removed since, what it was called in the code."""
    return act_labels().get(act, act)
