"""Looking at what is due, and deleting it: in small transactions, so that a killed run loses nothing and the next goes on."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.database import SessionFactory, utcnow
from bot.retention.rules import Counts, Rule, added, rules
from bot.security.audit import AuditLog
from bot.settings import Settings
from channels.conversations.deletion import ShortMemory, Traces

BATCH = 200
PAUSE = 0.05
BUDGET_SECONDS = 1200.0

logger = logging.getLogger(__name__)
Report = dict[str, Counts]
"""Rows by kind and table."""


@dataclass(frozen=True)
class Run:
    """What a run deleted; ``finished``: whether nothing is due any more."""

    deleted: Report
    finished: bool


class Retention:
    """``now`` gives aware times; ``pause`` waits between two batches, so that citizens' messages get in between."""

    def __init__(
        self,
        settings: Settings,
        sessions: SessionFactory,
        memory: ShortMemory,
        *,
        now: Callable[[], datetime] = utcnow,
        pause: Callable[[float], None] = time.sleep,
        batch: int = BATCH,
    ) -> None:
        self._settings = settings
        self._sessions = sessions
        self._memory = memory
        self._now = now
        self._pause = pause
        self._batch = batch

    def preview(self) -> Report:
        """What a run would delete now."""
        with self._sessions() as session:
            return {name: rule.count(session) for name, rule in rules(self._settings, self._now()).items()}

    def run(self, *, actor: str, seconds: float = BUDGET_SECONDS) -> Run:
        """Delete what is due now, for at most so many seconds. Raises OSError if the short memory is away."""
        deadline = time.monotonic() + seconds
        deleted: Report = {}
        finished = True
        try:
            for name, rule in rules(self._settings, self._now()).items():
                deleted[name] = {}
                while counts := self._delete_some(rule):
                    deleted[name] = added([deleted[name], counts])
                    if time.monotonic() > deadline:
                        finished = False
                        break
                    self._pause(PAUSE)
        finally:
            # Also where it is broken off: what is deleted is said.
            self._note(actor, deleted)
        return Run(deleted, finished)

    def _delete_some(self, rule: Rule) -> Counts:
        with self._sessions() as session, session.begin():
            counts, conversations = rule.delete_some(session, self._batch)
            if conversations:
                # Before the rows are gone for good: killed in between, they still say what there is to forget.
                self._memory.forget(Traces(frozenset(conversations), frozenset(), frozenset()))
        return counts

    def _note(self, actor: str, deleted: Report) -> None:
        words = "; ".join(
            f"{name}: {', '.join(f'{count} {table}' for table, count in counts.items() if count)}"
            for name, counts in deleted.items()
            if any(counts.values())
        )
        if words:
            AuditLog(self._sessions).record(actor, "retention.run", detail=words)
            logger.info("retention: %s", words)
