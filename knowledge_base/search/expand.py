"""The vocabulary that staff own."""

from __future__ import annotations

from knowledge_base.search.ports import DenseSearch, LexicalSearch, Vocabulary
from knowledge_base.search.state import CANDIDATE_PHRASES, SearchState


class Expand:
    """Staff's typos replaced; local names and synonyms put in other words."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary

    def run(self, state: SearchState) -> None:
        """Change ``text`` where it has typos, set ``wordings``."""
        expanded = self._vocabulary.expand(state.text)
        state.text, state.wordings = expanded.text, expanded.wordings
        state.corrections += expanded.replaced
        state.expansions += expanded.added


class OtherWordings:
    """The question in other words: the best evidence of all wordings counts, so none can take any away."""

    def __init__(self, lexical: LexicalSearch, dense: DenseSearch) -> None:
        self._lexical, self._dense = lexical, dense

    def run(self, state: SearchState) -> None:
        """Add what terms and vectors of the ``wordings`` tell."""
        for text in state.wordings:
            state.add_words(self._lexical.search(text, CANDIDATE_PHRASES), text)
            state.add_meanings(self._dense.search(text, CANDIDATE_PHRASES))
