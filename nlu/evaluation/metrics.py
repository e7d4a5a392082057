"""The usual figures of classification, search and extraction. Pure functions; all shares are 0–1.

Terms as in Manning, Raghavan and Schütze 2008, *Introduction to Information Retrieval*, chapters 8 and 13.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction

# What was found: its kind first, then what makes it the same one (its text, or where it starts and ends).
Found = tuple[Hashable, ...]
DIGITS = 4


@dataclass(frozen=True)
class SpanScore:
    """Of ``right`` spans and ``given`` ones, ``hits`` are the same."""

    right: int
    given: int
    hits: int

    @property
    def precision(self) -> float:
        """Share of the given spans that are right; 0 where none was given."""
        return _share(self.hits, self.given)

    @property
    def recall(self) -> float:
        """Share of the right spans that were given; 0 where there is none."""
        return _share(self.hits, self.right)

    @property
    def f1(self) -> float:
        """Harmonic mean of the two."""
        return _share(2 * self.hits, self.right + self.given)

    def figures(self) -> dict[str, float]:
        """All six figures, rounded."""
        shares = {"precision": self.precision, "recall": self.recall, "f1": self.f1}
        return asdict(self) | {name: round(value, DIGITS) for name, value in shares.items()}


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def _check(one: Sequence[object], other: Sequence[object]) -> None:
    if len(one) != len(other):
        raise ValueError(f"{len(one)} right ones but {len(other)} given ones")


def accuracy(right: Sequence[str], given: Sequence[str]) -> float:
    """Share of places where both say the same; 0 for nothing. Raises ValueError if they are not equally long."""
    _check(right, given)
    return _share(sum(one == other for one, other in zip(right, given)), len(right))  # noqa: B905 - checked, and 3.10


def f1_by_label(right: Sequence[str], given: Sequence[str]) -> dict[str, float]:
    """F1 of each label that occurs among the right or the given ones, in alphabetical order."""
    _check(right, given)
    hits = Counter(one for one, other in zip(right, given) if one == other)  # noqa: B905 - checked
    expected, predicted = Counter(right), Counter(given)
    return {
        label: _share(2 * hits[label], expected[label] + predicted[label]) for label in sorted({*expected, *predicted})
    }


def macro_f1(right: Sequence[str], given: Sequence[str]) -> float:
    """Mean of :func:`f1_by_label`, every label counting the same, as scikit-learn's ``f1_score(average="macro")``."""
    by_label = f1_by_label(right, given)
    return _share(sum(by_label.values()), len(by_label))


def confusions(right: Sequence[str], given: Sequence[str]) -> list[tuple[str, str, int]]:
    """(right label, given label, how often) of all errors, most frequent first, then alphabetically."""
    _check(right, given)
    counted = Counter((one, other) for one, other in zip(right, given) if one != other)  # noqa: B905 - checked
    return [(*pair, count) for pair, count in sorted(counted.items(), key=lambda item: (-item[1], item[0]))]


def recall_at(k: int, ranks: Sequence[int | None]) -> float:
    """Share of queries whose first right result is among the first ``k``; ``ranks`` count from 1, None: not found."""
    if k < 1:
        raise ValueError(f"k must be 1 or more, not {k}")
    return _share(sum(rank is not None and rank <= k for rank in ranks), len(ranks))


def mean_reciprocal_rank(ranks: Sequence[int | None]) -> float:
    """Mean of 1/rank of the first right result, 0 where it was not found (Voorhees 1999, TREC-8)."""
    return _share(sum(1 / rank for rank in ranks if rank is not None), len(ranks))


def area_under_curve(positive: Sequence[float], negative: Sequence[float]) -> float:
    """How often a positive's score is above a negative's (ROC AUC; a tie counts half). Raises ValueError if one is empty."""
    if not positive or not negative:
        raise ValueError("the area under the curve needs scores of both kinds")
    from sklearn.metrics import roc_auc_score

    truth = [1] * len(positive) + [0] * len(negative)
    return float(roc_auc_score(truth, [*positive, *negative]))


def threshold_accepting(share: float, scores: Sequence[float]) -> float:
    """The highest threshold at or above which at least ``share`` of the scores lie. Raises ValueError for no scores."""
    if not scores or not 0 < share <= 1:
        raise ValueError("a threshold needs scores and a share above 0 and at most 1")
    exact = Fraction(str(share)) * len(scores)
    wanted = -(-exact.numerator // exact.denominator)
    return sorted(scores, reverse=True)[wanted - 1]


def span_f1(right: Sequence[Sequence[Found]], given: Sequence[Sequence[Found]]) -> dict[str, SpanScore]:
    """Scores by kind and, under ``all``, of all kinds together (micro); one sequence of spans for each text.

    Spans that occur several times in a text count as often as they occur in both.
    """
    _check(right, given)
    expected, predicted, hits = Counter[str](), Counter[str](), Counter[str]()
    for wanted, found in zip(right, given):  # noqa: B905 - checked
        both = Counter(wanted) & Counter(found)
        expected.update(str(span[0]) for span in wanted)
        predicted.update(str(span[0]) for span in found)
        hits.update(str(span[0]) for span in both.elements())
    scores = {kind: SpanScore(expected[kind], predicted[kind], hits[kind]) for kind in sorted({*expected, *predicted})}
    return scores | {"all": SpanScore(expected.total(), predicted.total(), hits.total())}
