"""Evidence from meaning."""

from __future__ import annotations

from knowledge_base.search.ports import DenseSearch
from knowledge_base.search.state import CANDIDATE_PHRASES, SearchState


class Dense:
    """Meaning shared with a phrasing."""

    def __init__(self, index: DenseSearch) -> None:
        self._index = index

    def run(self, state: SearchState) -> None:
        """Add what vectors tell."""
        hits = self._index.search(state.text, CANDIDATE_PHRASES)
        if len(hits) == CANDIDATE_PHRASES:
            state.least_dense = hits[-1][1]
        state.add_meanings(hits)
