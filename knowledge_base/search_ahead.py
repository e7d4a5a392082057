"""Searching for what a message says while the dialogue still works out what kind of message it is.

The search takes as long as understanding does, on another core; the action that asks afterwards finds it done.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Executor, Future
from threading import Lock
from typing import Protocol

from knowledge_base.results import PublishedEntry, SearchResult

# What nobody came for is forgotten: after so long, or when so many others have begun since.
SECONDS, MOST = 10.0, 256
LIMIT = 5


class Search(Protocol):
    """What answers questions."""

    def search(self, question: str, *, limit: int = LIMIT) -> SearchResult:
        """The best entries for a question."""

    def surely_outside(self, question: str) -> bool:
        """Whether a question is plainly none of a government's business."""

    def entry(self, entry_id: str) -> PublishedEntry | None:
        """One entry, or None where it is not published any more."""


class SearchAhead:
    """A knowledge base whose searches may be begun before they are asked for. What was begun is good for one asking."""

    def __init__(self, knowledge: Search, pool: Executor, clock: Callable[[], float] = time.monotonic) -> None:
        self._knowledge = knowledge
        self._pool = pool
        self._clock = clock
        self._begun: OrderedDict[str, tuple[Future[SearchResult], float]] = OrderedDict()
        self._lock = Lock()

    def begin(self, question: str) -> None:
        """Search for a question that will probably be asked; returns at once."""
        future = self._pool.submit(self._knowledge.search, question, limit=LIMIT)
        with self._lock:
            self._begun[question] = future, self._clock()
            dropped = [self._begun.popitem(last=False)[1] for _ in range(len(self._begun) - MOST)]
        for late, _ in dropped:
            late.cancel()

    def search(self, question: str, *, limit: int = LIMIT) -> SearchResult:
        """The best entries for a question: what was begun for it, else searched now."""
        with self._lock:
            future, since = self._begun.pop(question, (None, 0.0))
        # One that still waits for a thread is done here and now instead.
        if future is None or limit != LIMIT or self._clock() - since > SECONDS or future.cancel():
            return self._knowledge.search(question, limit=limit)
        return future.result()

    def surely_outside(self, question: str) -> bool:
        """Whether a question is plainly none of a government's business."""
        return self._knowledge.surely_outside(question)

    def entry(self, entry_id: str) -> PublishedEntry | None:
        """One entry, or None where it is not published any more."""
        return self._knowledge.entry(entry_id)
