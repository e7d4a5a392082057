"""Words and meaning together."""

from __future__ import annotations

from knowledge_base.calibration import Calibration
from knowledge_base.search.state import SearchState


class Fuse:
    """All evidence for a candidate as one number, whatever its rivals."""

    def __init__(self, calibration: Calibration) -> None:
        self._calibration = calibration

    def run(self, state: SearchState) -> None:
        """Set ``strengths``."""
        state.strengths = {name: self._calibration.strength(found) for name, found in state.evidence.items()}
