"""Whether a text tells of danger to life, how surely, and of which kind."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from nlu.danger.frames import frames
from nlu.text_classifier import Options, TextClassifier
from nlu.tokenizer import Tokenizer
from nlu.vocabulary import read_yaml

Level = Literal["certain", "possible", "none"]
CERTAIN: Level = "certain"
NO_DANGER: Level = "none"
SETTINGS_FILE = Path(__file__).parent / "danger.yml"
LEVELS, KINDS = "levels", "kinds"
# docs/danger.md has the table of what was tried.
OPTIONS = Options(shortest=1, longest=4, least_count=2, strength=1.0, margins=True, function_words=True)
# A kind that is likely beside the likeliest is told too: who took pills may want to die.
BESIDE = 0.2
# In a longer text each sentence is looked at by itself, cut where it is long, and must be as sure as this.
LONG, PART, SURE = 200, 60, 0.9
_SENTENCE = re.compile(r"[^。！？!?；;\n]+")


@dataclass(frozen=True)
class Danger:
    """``certain``: how probable it is that somebody is in danger now; ``some``: that somebody is or may be (0–1).

    ``kinds``: the likeliest first, and what is likely beside it; empty without danger.
    """

    level: Level
    certain: float
    some: float
    kinds: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """The likeliest kind, or empty."""
        return self.kinds[0] if self.kinds else ""


@dataclass(frozen=True)
class Thresholds:
    """From which probability on a text is taken for certain or possible danger (``danger.yml``)."""

    certain: float
    possible: float


@lru_cache(maxsize=1)
def load_thresholds() -> Thresholds:
    """The thresholds in force."""
    return Thresholds(**read_yaml(SETTINGS_FILE)["thresholds"])


class DangerJudge:
    """Two linear models, one of the level and one of the kind; made by :meth:`train`, kept by :meth:`save`."""

    def __init__(self, levels: TextClassifier, kinds: TextClassifier, thresholds: Thresholds | None = None) -> None:
        self._levels = levels
        self._kinds = kinds
        self.thresholds = thresholds or load_thresholds()

    @classmethod
    def train(
        cls, levelled: Sequence[tuple[str, str]], kinds: Sequence[tuple[str, str]], tokenizer: Tokenizer
    ) -> DangerJudge:
        """Learn from texts with their level, and from texts of danger with their kind."""
        return cls(_fitted(levelled, tokenizer), _fitted(kinds, tokenizer))

    def judge(self, text: str) -> Danger:
        """What a text tells; takes less than a millisecond.

        In a long text a cry for help may be one sentence of many: parts of it are judged too, and count if they are sure.
        """
        found = self._judged(text)
        if len(text) <= LONG or found.level == CERTAIN:
            return found
        surest = max((self._judged(part) for part in _parts(text)), key=lambda part: part.certain)
        return surest if surest.certain >= SURE else found

    def _judged(self, text: str) -> Danger:
        shares = dict(self._levels.classify(text).ranking)
        certain, some = shares[CERTAIN], 1 - shares[NO_DANGER]
        if some < self.thresholds.possible:
            return Danger(NO_DANGER, certain, some)
        likely = self._kinds.classify(text).ranking
        kinds = tuple(name for place, (name, share) in enumerate(likely) if place == 0 or share >= BESIDE)
        level: Level = CERTAIN if certain >= self.thresholds.certain else "possible"
        return Danger(level, certain, some, kinds)

    def save(self, folder: Path) -> None:
        """Write to ``folder``."""
        self._levels.save(folder / LEVELS)
        self._kinds.save(folder / KINDS)

    @classmethod
    def load(cls, folder: Path, tokenizer: Tokenizer) -> DangerJudge:
        """Read what ``save`` wrote; raises FileNotFoundError."""
        levels, kinds = (TextClassifier.load(folder / name, tokenizer, marks=frames) for name in (LEVELS, KINDS))
        return cls(levels, kinds)


def _parts(text: str) -> Iterator[str]:
    """The sentences, long ones cut in halves that overlap; the whole text where it has no more than marks."""
    for sentence in _SENTENCE.findall(text) or [text]:
        yield from (sentence[start : start + PART] for start in range(0, max(1, len(sentence) - PART // 2), PART // 2))


def _fitted(rows: Sequence[tuple[str, str]], tokenizer: Tokenizer) -> TextClassifier:
    texts, labels = zip(*rows, strict=True)
    return TextClassifier(tokenizer, options=OPTIONS, marks=frames).fit(texts, labels)
