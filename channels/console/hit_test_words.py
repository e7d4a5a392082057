"""The words of the hit test; see ``hit_test_words.yml``."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from channels.console.dates import chinese_day
from knowledge_base.content_schema import load_yaml
from knowledge_base.hit_testing.bulk import BulkRow
from knowledge_base.hit_testing.place import full_name
from knowledge_base.hit_testing.report import DroppedRow


@lru_cache(maxsize=1)
def words() -> dict[str, Any]:
    """All of them."""
    found: dict[str, Any] = load_yaml(Path(__file__).with_suffix(".yml"))
    return found


def reason(row: DroppedRow) -> str:
    """Why a candidate is not shown."""
    text: str = words()["obstacles"][row.kind]
    return text.format(day=chinese_day(row.day), region=full_name(row.region))


def verdict(row: BulkRow) -> str:
    """Key of what a bulk test says of a question: right, wrong, unknown or unjudged."""
    if row.right is None:
        return "unknown" if row.expected else "unjudged"
    return "right" if row.right else "wrong"
