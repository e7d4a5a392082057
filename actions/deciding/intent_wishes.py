"""Which wish an intent of the classifier speaks for, and how much its word counts beside the model of wishes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from nlu.text import content_only
from nlu.vocabulary import read_yaml

WISHES_FILE = Path(__file__).parent / "intent_wishes.yml"


@dataclass(frozen=True)
class IntentWishes:
    """``wishes``: by intent. A text of at most ``short`` characters is a command more often than not."""

    short: int
    weight_short: float
    weight_long: float
    wishes: Mapping[str, str]

    def blended(
        self, wishes: Mapping[str, float], text: str, ranking: Sequence[tuple[str, float]]
    ) -> Mapping[str, float]:
        """The wishes, with what the classifier of intents says of the text mixed in."""
        heard: dict[str, float] = {}
        for intent, share in ranking:
            if intent in self.wishes:
                heard[self.wishes[intent]] = heard.get(self.wishes[intent], 0.0) + share
        total = sum(heard.values())
        if not total:
            return wishes
        most = self.weight_short if len(content_only(text)) <= self.short else self.weight_long
        weight = most * min(1.0, total)
        return {name: (1 - weight) * wishes.get(name, 0.0) + weight * heard.get(name, 0.0) / total for name in wishes}


@lru_cache(maxsize=1)
def load_intent_wishes(path: Path = WISHES_FILE) -> IntentWishes:
    """The file's data."""
    return IntentWishes(**read_yaml(path))
