"""Where the time of a turn goes, from what the gateway stored with every turn."""

from __future__ import annotations

import statistics
from collections.abc import Mapping

from sqlalchemy import select

from bot.database import create_database_engine, create_session_factory
from channels.conversations.models import Turn

ORDER = ("danger", "owner", "nlu", "dialogue", "search", "rasa", "total")
MEANING = {
    "danger": "words that tell of danger to life",
    "owner": "does an agent own the chat",
    "nlu": "inside rasa: intent",
    "dialogue": "inside rasa: tracker, policies, action",
    "search": "inside dialogue: knowledge search",
    "rasa": "the whole call of Rasa",
    "total": "from the message stored to the reply",
}


def newest_turn(dsn: str) -> int:
    """How many turns are stored."""
    return len(_stored(dsn, 0))


def step_medians(dsn: str, after: int = 0) -> dict[str, float]:
    """Median milliseconds of each step over the answered turns after the first ``after``."""
    turns = [found for found in _stored(dsn, after) if "search" in found]
    if not turns:
        return {}
    return {
        step: round(statistics.median(found[step] for found in turns if step in found), 2)
        for step in ORDER
        if any(step in found for found in turns)
    }


def _stored(dsn: str, after: int) -> list[Mapping[str, float]]:
    engine = create_database_engine(dsn)
    try:
        with create_session_factory(engine)() as session:
            rows = session.scalars(
                select(Turn.latency_ms).where(Turn.status == "done").order_by(Turn.created_at).offset(after)
            )
            return list(rows)
    finally:
        engine.dispose()
