"""From a ticket's words to the responsible function, with probability and the words that decided."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from nlu.routing.examples import Example
from nlu.text_classifier import Classified, Options, TextClassifier
from nlu.tokenizer import Tokenizer

OPTIONS = Options(shortest=2, longest=4, least_count=3, strength=10.0)
# Of a long message the first words, much like a title, are an example of their own: some tickets are a title only.
OPENING = 20
# Masked or coded places and figures name no function.
_FIGURES = re.compile(r"[A-Za-z]\d+[A-Za-z0-9]*|\d+")


def routable(title: str, text: str) -> str:
    """What is looked at: title and text without figures."""
    joined = text if text.startswith(title) else f"{title} {text}"
    return _FIGURES.sub(" ", joined).strip()


class RoutingModel:
    """Suggests; below the caller's threshold a person assigns."""

    def __init__(self, classifier: TextClassifier) -> None:
        self._classifier = classifier

    @classmethod
    def train(cls, examples: Sequence[Example], tokenizer: Tokenizer) -> RoutingModel:
        """Learn from ``examples``, each whole and by its opening words."""
        texts, labels = [], []
        for example in examples:
            whole = routable(example.title, example.text)
            texts += [whole, routable(example.title, "") or whole[:OPENING]]
            labels += [example.label] * 2
        return cls(TextClassifier(tokenizer, options=OPTIONS).fit(texts, labels))

    def route(self, title: str, text: str) -> Classified:
        """The likeliest function's label, all with probabilities, and the words that decided."""
        return self._classifier.classify(routable(title, text))

    def save(self, folder: Path) -> None:
        """Write to ``folder``."""
        self._classifier.save(folder)

    @classmethod
    def load(cls, folder: Path, tokenizer: Tokenizer) -> RoutingModel:
        """Read what ``save`` wrote; raises FileNotFoundError."""
        return cls(TextClassifier.load(folder, tokenizer))
