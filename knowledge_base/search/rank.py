"""The order in which hits are given."""

from __future__ import annotations

from knowledge_base.results import SearchHit
from knowledge_base.search.ports import EntryCatalogue
from knowledge_base.search.state import SearchState


class Rank:
    """The most probable first; of equally probable ones the nearer in meaning."""

    def __init__(self, catalogue: EntryCatalogue) -> None:
        self._catalogue = catalogue

    def run(self, state: SearchState) -> None:
        """Set ``hits``."""
        for entry_id, evidence in state.evidence.items():
            title, question = self._catalogue.names(entry_id)
            state.hits.append(
                SearchHit(
                    entry_id=entry_id,
                    title=title,
                    question=question,
                    probability=round(state.probabilities[entry_id], 4),
                    lexical=round(evidence.dice, 4),
                    dense=round(evidence.dense, 4),
                    matched=state.matched.get(entry_id, ""),
                )
            )
        state.hits.sort(key=lambda hit: (-hit.probability, -hit.dense, hit.entry_id))
