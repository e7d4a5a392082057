"""Going on with a sum that was begun: the message is what it asked for."""

from __future__ import annotations

from actions.deciding.acts.base import Rooms
from actions.deciding.evidence import Evidence
from actions.replies import Reply


class Calculate:
    """1970年5月, 8000块, 三年半."""

    name = "calculate"

    def probability(self, evidence: Evidence) -> float:
        """It can be read as what was asked for; a question that has a number in it mostly is one."""
        return evidence.awaited

    def reply(self, evidence: Evidence, rooms: Rooms) -> Reply:
        """The next question of the sum, or the sum."""
        return rooms.calculating.took(evidence.turn)
