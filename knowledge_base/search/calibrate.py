"""Evidence to probability."""

from __future__ import annotations

from knowledge_base.calibration import Calibration
from knowledge_base.search.state import SearchState


class Calibrate:
    """How likely each candidate is right, seeing also how far it is ahead of the next one."""

    def __init__(self, calibration: Calibration) -> None:
        self._calibration = calibration

    def run(self, state: SearchState) -> None:
        """Set ``probabilities``."""
        state.probabilities = self._calibration.probabilities(state.evidence)
