"""The first step: what is looked up."""

from __future__ import annotations

from knowledge_base.search.state import SearchState
from nlu.privacy import remove
from nlu.text import normalise


class Normalise:
    """One width, one case, no noise, nobody's numbers."""

    def run(self, state: SearchState) -> None:
        """Set ``text``."""
        state.text = normalise(remove(state.question))
