"""The filter."""

from __future__ import annotations

from knowledge_base.search.ports import EntryCatalogue
from knowledge_base.search.state import Dropped, SearchState


class InForce:
    """Only what is published and in force on the day and in the region asked about."""

    def __init__(self, catalogue: EntryCatalogue) -> None:
        self._catalogue = catalogue

    def run(self, state: SearchState) -> None:
        """Move candidates that may not be shown from ``evidence`` to ``dropped``."""
        for entry_id in list(state.evidence):
            obstacle = self._catalogue.obstacle(entry_id, state.on, state.region)
            if obstacle is not None:
                state.dropped.append(Dropped(entry_id, obstacle, state.evidence.pop(entry_id)))
