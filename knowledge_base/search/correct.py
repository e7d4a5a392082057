"""Typos."""

from __future__ import annotations

from knowledge_base.search.ports import LexicalSearch
from knowledge_base.search.state import CANDIDATE_PHRASES, SearchState, is_word_for_word
from nlu.text import content_only
from nlu.typos import corrector


class Correct:
    """What was meant in place of what was mistyped, unless a phrasing has the very words that were typed."""

    def __init__(self, index: LexicalSearch) -> None:
        self._index = index
        # Read now, not with the first question: that takes a fifth of a second.
        self._corrector = corrector()

    def run(self, state: SearchState) -> None:
        """Change ``text`` where it has typos."""
        meant = self._corrector.correct(state.text)
        if meant.text != state.text and not self._is_phrasing(state.text):
            state.text = meant.text
            state.corrections += meant.changes

    def _is_phrasing(self, text: str) -> bool:
        asked = content_only(text)
        return any(is_word_for_word(hit, asked) for hit in self._index.search(text, CANDIDATE_PHRASES))
