"""Evidence from words."""

from __future__ import annotations

from knowledge_base.search.ports import LexicalSearch
from knowledge_base.search.state import CANDIDATE_PHRASES, SearchState


class Lexical:
    """Words and character bigrams shared with a phrasing."""

    def __init__(self, index: LexicalSearch) -> None:
        self._index = index

    def run(self, state: SearchState) -> None:
        """Add what terms tell."""
        hits = self._index.search(state.text, CANDIDATE_PHRASES)
        if len(hits) == CANDIDATE_PHRASES:
            state.least_lexical = hits[-1].bm25
        state.add_words(hits)
