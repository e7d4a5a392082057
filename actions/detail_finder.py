"""Which detail of an entry a question asks for: a logistic function of a few likenesses, fitted by ``make fit-details``.

Each detail is looked at by itself and beside the others of the entry: near is only what is nearer than the rest.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from actions.deciding.pieces import clauses
from knowledge_base.details import Detail
from nlu.encoder.ports import Encoder, Vectors
from nlu.text import content_only, normalise
from nlu.vocabulary import read_yaml

FILE = Path(__file__).with_suffix(".yml")
# Vectors of the details of so many entries are kept.
KEPT = 512
LIKENESSES = ("near", "part", "said", "told", "rare")


class Weights(BaseModel):
    """``weights``: by name of the figure. ``shown``: how probable it is that a detail is asked before it is shown above the
    answer, ``alone``: before it is shown without it; ``beside``: before a second one is shown with it (0–1).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    bias: float
    weights: Mapping[str, float]
    shown: float = Field(gt=0, lt=1)
    alone: float = Field(gt=0, le=1)
    beside: float = Field(gt=0, le=1)


class Detailed(Protocol):
    """An entry with details: published, or of a content file."""

    @property
    def title(self) -> str:
        """Official name."""

    @property
    def question(self) -> str:
        """Standard question."""

    @property
    def details(self) -> Sequence[Detail]:
        """What it says of cases."""


@lru_cache(maxsize=1)
def load_weights(path: Path = FILE) -> Weights:
    """The weights in force; raises pydantic's ValidationError where the file is wrong."""
    return Weights.model_validate(read_yaml(path))


@dataclass(frozen=True)
class DetailsAsked:
    """The details to answer with, likeliest first. ``alone``: they are so surely asked that they need no answer below them."""

    details: Sequence[Detail] = ()
    alone: bool = False


def together(several: Sequence[DetailsAsked]) -> DetailsAsked:
    """The details of several questions on one entry, each once."""
    details = [detail for one in several for detail in one.details]
    unique = [detail for place, detail in enumerate(details) if detail not in details[:place]]
    return DetailsAsked(unique, alone=bool(unique) and all(one.alone for one in several))


@dataclass(frozen=True)
class _Known:
    """What is computed of an entry once: vectors of all that was asked, of the texts, of its own question; character pairs."""

    asked: Sequence[Vectors]
    told: Vectors
    general: Vectors
    pairs: Sequence[Sequence[frozenset[str]]]
    words: Sequence[frozenset[str]]
    spread: Mapping[str, int]
    named: frozenset[str]


class DetailFinder:
    """Finds details. ``encoder``: the pretrained one; without it only words are compared."""

    def __init__(self, encoder: Encoder | None = None) -> None:
        self._encoder = encoder
        self._known = lru_cache(maxsize=KEPT)(self._computed)

    def find(self, text: str, entry: Detailed) -> DetailsAsked:
        """The details of ``entry`` that ``text`` asks for; none where the answer says it as well."""
        weights, shares = load_weights(), self.probabilities(text, entry)
        if not shares or max(shares) < weights.shown:
            return DetailsAsked()
        ranked = sorted(zip(shares, entry.details, strict=True), key=lambda one: -one[0])
        best = ranked[0][0]
        second = [detail for share, detail in ranked[1:2] if share >= weights.beside]
        return DetailsAsked([ranked[0][1], *second], alone=best >= weights.alone)

    def probabilities(self, text: str, entry: Detailed) -> list[float]:
        """Of each detail, that it is asked for (0–1)."""
        weights = load_weights()
        scores = [
            weights.bias + sum(weight * figures[name] for name, weight in weights.weights.items())
            for figures in self.figures(text, entry)
        ]
        return [1 / (1 + math.exp(-score)) for score in scores]

    def figures(self, text: str, entry: Detailed) -> list[dict[str, float]]:
        """What is looked at of each detail: likenesses (0–1), and how much nearer it is than the nearest other."""
        if not entry.details or not text:
            return []
        known = self._known(entry.title, entry.question, tuple(entry.details))
        rows = self._likenesses(text, known)
        general = self._cosine(text, known.general)
        found = []
        for place, row in enumerate(rows):
            others = [other for at, other in enumerate(rows) if at != place]
            gaps = {f"{name}_gap": row[name] - max((o[name] for o in others), default=0.0) for name in LIKENESSES}
            found.append({**row, **gaps, "general_gap": row["near"] - general})
        return found

    def _likenesses(self, text: str, known: _Known) -> list[dict[str, float]]:
        pairs = _pairs(text) - known.named
        said = [max(_dice(pairs, one) for one in several) for several in known.pairs]
        whole = {pair: 1 / known.spread[pair] for pair in pairs if pair in known.spread}
        rare = [sum(share for pair, share in whole.items() if pair in words) for words in known.words]
        near, part, told = self._meanings(text, known)
        total = max(1, len(pairs))
        return [
            {"near": near[at], "part": part[at], "said": said[at], "told": told[at], "rare": rare[at] / total}
            for at in range(len(known.words))
        ]

    def _meanings(self, text: str, known: _Known) -> tuple[list[float], list[float], list[float]]:
        if self._encoder is None:
            none = [0.0] * len(known.words)
            return none, none, none
        parts = [text, *clauses(text)]
        vectors = [self._encoder.encode([part])[0] for part in parts]
        near = [float((rows @ vectors[0]).max()) for rows in known.asked]
        part = [max(float((rows @ vector).max()) for vector in vectors) for rows in known.asked]
        told = [float(row @ vectors[0]) for row in known.told]
        return near, part, told

    def _cosine(self, text: str, vectors: Vectors) -> float:
        return float((vectors @ self._encoder.encode([text])[0]).max()) if self._encoder is not None else 0.0

    def _computed(self, title: str, question: str, details: Sequence[Detail]) -> _Known:
        # What names the matter tells no case from another.
        named = _pairs(title) | _pairs(question)
        words = [frozenset().union(*map(_pairs, (*one.asked, one.text))) - named for one in details]
        return _Known(
            [self._vectors(one.asked) for one in details],
            self._vectors([one.text for one in details]),
            self._vectors([question, title]),
            [[_pairs(text) - named for text in one.asked] for one in details],
            words,
            Counter(pair for some in words for pair in some),
            named,
        )

    def _vectors(self, texts: Sequence[str]) -> Vectors:
        return self._encoder.encode(list(texts)) if self._encoder is not None else np.zeros((len(texts), 1), np.float32)


def _pairs(text: str) -> frozenset[str]:
    plain = content_only(normalise(text))
    return frozenset(plain[at : at + 2] for at in range(len(plain) - 1))


def _dice(one: frozenset[str], other: frozenset[str]) -> float:
    return 2 * len(one & other) / (len(one) + len(other)) if one and other else 0.0
