"""Search alone, in this process: every similar question of the content, twice."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from bot.container import build_knowledge, build_storage
from bot.settings import Settings
from knowledge_base.content_schema import load_city, load_yaml
from knowledge_base.service import KnowledgeService
from tests.benchmarks.numbers import Spread

PASS_SECONDS = 30.0


@dataclass(frozen=True)
class SearchLatency:
    """Milliseconds: the very first search, the first pass over all questions, the second; seconds to load the index."""

    load_seconds: float
    first_ms: float
    cold: Spread
    warm: Spread


def measure_search(settings: Settings, questions: Sequence[str]) -> SearchLatency:
    """Load the knowledge base from the database of ``settings`` and search it."""
    storage = build_storage(settings)
    started = time.perf_counter()
    knowledge = build_knowledge(
        storage, load_city(settings.content_dir / "city.yml"), load_yaml(settings.content_dir / "topics.yml")
    )
    loaded = time.perf_counter() - started
    try:
        cold, warm = _pass(knowledge, questions), _pass(knowledge, questions)
    finally:
        storage.engine.dispose()
    return SearchLatency(round(loaded, 2), round(cold[0], 2), Spread.of(cold), Spread.of(warm))


def _pass(knowledge: KnowledgeService, questions: Sequence[str]) -> list[float]:
    took: list[float] = []
    until = time.perf_counter() + PASS_SECONDS
    for question in questions:
        started = time.perf_counter()
        if started > until:
            break
        knowledge.search(question)
        took.append((time.perf_counter() - started) * 1000)
    return took
