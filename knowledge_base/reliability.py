"""Whether probabilities can be believed: how often the best hit was right, beside how probable it was said to be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from knowledge_base.results import SearchHit
from knowledge_base.search import Searcher

BINS = 10


@dataclass(frozen=True)
class Prediction:
    """How probable the best hit of a question was said to be (0–1; 0 without a hit), and whether it was right."""

    probability: float
    right: bool


@dataclass(frozen=True)
class Bin:
    """The questions whose best hit had a probability from ``low`` to below ``high`` (the last bin: to 1)."""

    low: float
    high: float
    count: int
    predicted: float
    right: float


@dataclass(frozen=True)
class Reliability:
    """Bins that have questions, lowest first. ``brier``: mean squared error (0 is perfect); ``ece``: expected
    calibration error, the mean distance of said and seen over the bins, weighed by their questions (0–1).
    """

    count: int
    bins: tuple[Bin, ...]
    brier: float
    ece: float


def reliability(predictions: Sequence[Prediction], bins: int = BINS) -> Reliability:
    """The table for these predictions; ``bins`` of equal width."""
    sorted_in: list[list[Prediction]] = [[] for _ in range(bins)]
    for one in predictions:
        sorted_in[min(int(one.probability * bins), bins - 1)].append(one)
    table = tuple(_bin(place, bins, held) for place, held in enumerate(sorted_in) if held)
    count = len(predictions)
    brier = sum((one.probability - one.right) ** 2 for one in predictions)
    ece = sum(one.count * abs(one.predicted - one.right) for one in table)
    return Reliability(count, table, brier / max(1, count), ece / max(1, count))


def _bin(place: int, bins: int, held: Sequence[Prediction]) -> Bin:
    count = len(held)
    predicted = sum(one.probability for one in held) / count
    return Bin(place / bins, (place + 1) / bins, count, predicted, sum(one.right for one in held) / count)


def prediction(hits: Sequence[SearchHit], right: str) -> Prediction:
    """What ``hits`` say of a question that the entry ``right`` answers (empty: no entry does)."""
    best = hits[0] if hits else None
    return Prediction(best.probability, best.entry_id == right) if best else Prediction(0.0, False)


def predict(searcher: Searcher, questions: Iterable[tuple[str, str]], on: date, region: str = "") -> list[Prediction]:
    """Search for each question; each comes with the id of the entry that answers it (empty: none does)."""
    return [prediction(searcher.search(question, on, 1, region).hits, right) for question, right in questions]
