"""From a ticket's words to the responsible function, with probability and the words that decided."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from nlu.encoder.pretrained import load_pretrained
from nlu.routing.examples import FOLDER, Example
from nlu.text_classifier import Classified, Options, TextClassifier
from nlu.tokenizer import Tokenizer
from nlu.vocabulary import read_yaml

OPENING = 20
# Masked or coded places and figures name no function.
_FIGURES = re.compile(r"[A-Za-z]\d[A-Za-z0-9]*|\d+")


@dataclass(frozen=True)
class Recipe:
    """How to learn. ``openings``: of each message the first words, much like a title, are an example of their own."""

    options: Options
    openings: bool


# Many long messages; some of them are a title only. Little is trusted to single words: a city's messages use others.
LONG_MESSAGES = Recipe(Options(shortest=1, longest=4, least_count=2, strength=0.1, margins=True), openings=True)
# About a thousand short ones: rare words count, and the title says what the text says.
SHORT_MESSAGES = Recipe(Options(shortest=1, longest=4, least_count=1, strength=1.0, margins=True), openings=False)
PRETRAINED_FILE = "pretrained.json"


@lru_cache(maxsize=1)
def _talk_of_filing() -> re.Pattern[str]:
    return re.compile(read_yaml(FOLDER / "functions.yml")["talk_of_filing"])


def routable(title: str, text: str) -> str:
    """What is looked at: title and text without figures and without talk of filing (我要投诉)."""
    joined = text if text.startswith(title) else f"{title} {text}"
    return _talk_of_filing().sub(" ", _FIGURES.sub(" ", joined)).strip()


class RoutingModel:
    """Suggests; below the caller's threshold a person assigns."""

    def __init__(self, classifier: TextClassifier, pretrained: Sequence[str] = ()) -> None:
        self._classifier = classifier
        self._pretrained = tuple(pretrained)

    @property
    def labels(self) -> list[str]:
        """The functions it chooses from."""
        return self._classifier.labels

    @classmethod
    def train(
        cls,
        examples: Sequence[Example],
        tokenizer: Tokenizer,
        recipe: Recipe = LONG_MESSAGES,
        pretrained: Sequence[str] = (),
    ) -> RoutingModel:
        """Learn from ``examples``; ``pretrained``: encoders whose vectors are read beside the words."""
        texts, labels = [], []
        for example in examples:
            whole = routable(example.title, example.text)
            seen = [whole, routable(example.title, "") or whole[:OPENING]] if recipe.openings else [whole]
            texts += seen
            labels += [example.label] * len(seen)
        encoder = load_pretrained(pretrained) if pretrained else None
        return cls(TextClassifier(tokenizer, encoder, recipe.options).fit(texts, labels), pretrained)

    def route(self, title: str, text: str) -> Classified:
        """The likeliest function's label, all with probabilities, and the words that decided."""
        return self._classifier.classify(routable(title, text))

    def save(self, folder: Path) -> None:
        """Write to ``folder``."""
        self._classifier.save(folder)
        (folder / PRETRAINED_FILE).write_text(json.dumps(self._pretrained), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path, tokenizer: Tokenizer) -> RoutingModel:
        """Read what ``save`` wrote.

        Raises FileNotFoundError, and ImportError where a pretrained encoder that it was trained with is not installed.
        """
        pretrained = json.loads((folder / PRETRAINED_FILE).read_text(encoding="utf-8"))
        encoder = load_pretrained(pretrained) if pretrained else None
        return cls(TextClassifier.load(folder, tokenizer, encoder), pretrained)
