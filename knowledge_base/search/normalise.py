"""The first step: what is looked up."""

from __future__ import annotations

from knowledge_base.search.state import SearchState
from nlu.city_name import CityName
from nlu.privacy import remove
from nlu.text import normalise


class Normalise:
    """One width, one case, no noise, nobody's numbers, and the city's own name only where it tells something."""

    def __init__(self, city: CityName | None = None) -> None:
        self._city = city or CityName()

    def run(self, state: SearchState) -> None:
        """Set ``text``."""
        state.text = self._city.read_as_own(normalise(remove(state.question)))
