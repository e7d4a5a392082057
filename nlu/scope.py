"""Whether a request is any business of a city government: music, films, recipes and other people's numbers are not.

A linear classifier over words, character n-grams and the sentence vector. Outside is learned from what people wrote
(``bot/dialogue/nlu/out_of_scope.yml``) and from sentences put together from ``lexicon/outside_patterns.yml`` and the names,
places and things in jieba's own dictionary: what is outside has no end, and its words cannot all be written down.
"""

from __future__ import annotations

import json
import random
import re
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import jieba

from nlu.text_classifier import Options, SentenceVectors, TextClassifier
from nlu.tokenizer import Tokenizer
from nlu.vocabulary import LEXICON_DIR, read_yaml

INSIDE, OUTSIDE = "inside", "outside"
OPTIONS = Options(shortest=1, longest=3, least_count=2, strength=30.0)
# Written examples count for more than those put together.
WRITTEN_WEIGHT = 4
GENERATED = 16000
# A request is held for outside below this; only where search has no answer either is anybody told so. Not at the very bar:
# of business in words that nothing of ours has, 4 % is still below it (docs/language.md).
THRESHOLD = 0.5
LONGEST_WORD, COMMONEST = 5, 6000
SEED = 5
_SLOT = re.compile(r"\{(\w+)\}")


class ScopeModel:
    """``probability`` that a request is government business; ``threshold``: from there on it is taken for it."""

    def __init__(self, classifier: TextClassifier, threshold: float) -> None:
        self._classifier = classifier
        self.threshold = threshold

    @classmethod
    def train(
        cls,
        inside: Sequence[str],
        outside: Sequence[str],
        tokenizer: Tokenizer,
        encoder: SentenceVectors,
        threshold: float,
        generated: int = GENERATED,
    ) -> ScopeModel:
        """Learn from requests of both kinds; the outside ones are joined by so many ``generated`` ones."""
        strange = [*outside] * WRITTEN_WEIGHT + generated_outside(generated)
        labels = [INSIDE] * len(inside) + [OUTSIDE] * len(strange)
        return cls(TextClassifier(tokenizer, encoder, OPTIONS).fit([*inside, *strange], labels), threshold)

    def probability(self, text: str) -> float:
        """0–1."""
        return self._classifier.probability(text, INSIDE)

    def inside(self, text: str) -> bool:
        """Whether it is taken for government business."""
        return self.probability(text) >= self.threshold

    def save(self, folder: Path) -> None:
        """Write to ``folder``."""
        self._classifier.save(folder)
        (folder / "threshold.json").write_text(json.dumps(self.threshold), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path, tokenizer: Tokenizer, encoder: SentenceVectors) -> ScopeModel:
        """Read what ``save`` wrote; raises FileNotFoundError."""
        threshold = float(json.loads((folder / "threshold.json").read_text(encoding="utf-8")))
        return cls(TextClassifier.load(folder, tokenizer, encoder), threshold)


def generated_outside(count: int, patterns: Path = LEXICON_DIR / "outside_patterns.yml") -> list[str]:
    """``count`` sentences from the patterns, their slots filled with words of jieba's dictionary; always the same ones."""
    chooser = random.Random(SEED)  # noqa: S311 - not for security
    words, forms = _words_by_tag(), [str(pattern) for pattern in read_yaml(patterns)["patterns"]]
    return [_SLOT.sub(lambda slot: chooser.choice(words[slot.group(1)]), chooser.choice(forms)) for _ in range(count)]


def _words_by_tag() -> dict[str, list[str]]:
    """The commonest words of jieba's dictionary by part of speech (nr people, ns places, nz names, n things …)."""
    counted: dict[str, list[tuple[int, str]]] = defaultdict(list)
    with jieba.get_dict_file() as lines:
        for line in lines:
            word, frequency, tag = line.decode("utf-8").split()
            if 2 <= len(word) <= LONGEST_WORD:
                counted[tag].append((int(frequency), word))
    return {tag: [word for _, word in sorted(pairs, reverse=True)[:COMMONEST]] for tag, pairs in counted.items()}
