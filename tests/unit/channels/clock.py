"""The wall clock of claims, moved by hand."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bot import database
from channels.conversations import claims, service


class Clock:
    """Seconds pass only when a test says so; backwards too."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.now: datetime = database.utcnow()
        for module in (claims, service):
            patch.setattr(module, "utcnow", lambda: self.now)

    def passes(self, seconds: float) -> None:
        """Let time go by."""
        self.now += timedelta(seconds=seconds)
