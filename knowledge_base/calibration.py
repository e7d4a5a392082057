"""From scores to probabilities: two logistic models (Platt 1999) fitted on our own phrasings, held out, and on requests
that are none of the government's business. The first weighs the evidence for a candidate, the second also sees how far
the candidate is ahead of the next one: two equally good hits are each no more than half sure.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

FEATURES = ("dice", "coverage", "contained", "dense", "whole", "agreement")
# Beyond this distance a lead says nothing more.
MAX_LEAD = 4.0
# A question that is word for word one of the entry's phrasings; nothing is left to weigh.
EXACT = 0.99


@dataclass(frozen=True)
class Evidence:
    """What search knows of one candidate entry for one question; all values 0–1 but the cosines.

    ``dice``: best match of terms with one phrase; ``coverage``: most of the question found in one phrase; ``contained``:
    how much of a name (title or alias) the question contains; ``dense``: cosine with the nearest phrase; ``whole``:
    cosine with the mean of all phrases; ``exact``: 1 if the question is one of the phrasings. The last is not weighed.
    """

    dice: float = 0.0
    coverage: float = 0.0
    contained: float = 0.0
    dense: float = 0.0
    whole: float = 0.0
    exact: float = 0.0

    def features(self) -> tuple[float, ...]:
        """Values in the order of ``FEATURES``; ``agreement`` is high only where words and vectors both are."""
        dense = max(0.0, self.dense)
        return (self.dice, self.coverage, self.contained, dense, max(0.0, self.whole), self.coverage * dense)


@dataclass(frozen=True)
class Calibration:
    """Weights of both models; the defaults only rank roughly, before anything is fitted."""

    weights: tuple[float, ...] = (1.5, 1.0, 0.8, 3.0, 3.0, 2.0)
    bias: float = -5.0
    slope: float = 1.0
    lead: float = 0.0
    shift: float = 0.0

    def strength(self, evidence: Evidence) -> float:
        """Log-odds of one candidate looked at alone."""
        return self.bias + sum(w * x for w, x in zip(self.weights, evidence.features(), strict=True))

    def probabilities(self, candidates: Mapping[str, Evidence]) -> dict[str, float]:
        """For each candidate, how likely it is that it answers the question, 0–1."""
        strengths = {name: self.strength(evidence) for name, evidence in candidates.items()}
        leads = _leads(list(strengths.values()))
        return {
            name: max(_sigmoid(self.slope * strength + self.lead * lead + self.shift), EXACT * candidates[name].exact)
            for (name, strength), lead in zip(strengths.items(), leads, strict=True)
        }

    def save(self, path: Path) -> None:
        """Write as JSON."""
        path.write_text(json.dumps({"features": FEATURES, **asdict(self)}), encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> Calibration:
        """Read what ``save`` wrote."""
        data = json.loads(path.read_text(encoding="utf-8"))
        if tuple(data.pop("features")) != FEATURES:
            raise ValueError(f"{path} was fitted for other features: run `wenzheng train`")
        return cls(**data | {"weights": tuple(data["weights"])})

    @classmethod
    def fit(cls, searches: Sequence[tuple[Mapping[str, Evidence], str]]) -> Calibration:
        """Fit on searches, each with its candidates and the name of the right one (empty: none is right)."""
        from sklearn.linear_model import LogisticRegression

        rows = [(e.features(), name == right) for candidates, right in searches for name, e in candidates.items()]
        first = LogisticRegression(C=10.0, max_iter=2000).fit([x for x, _ in rows], [y for _, y in rows])
        alone = cls(tuple(map(float, first.coef_[0])), float(first.intercept_[0]))
        pairs: list[tuple[float, float]] = []
        for candidates, _ in searches:
            strengths = [alone.strength(evidence) for evidence in candidates.values()]
            pairs += zip(strengths, _leads(strengths), strict=True)
        second = LogisticRegression(C=10.0, max_iter=2000).fit(pairs, [y for _, y in rows])
        slope, lead = map(float, second.coef_[0])
        return cls(alone.weights, alone.bias, slope, lead, float(second.intercept_[0]))


def _leads(strengths: list[float]) -> list[float]:
    """How far each is ahead of the best of the others (behind: negative), within ±MAX_LEAD."""
    ordered = sorted(strengths, reverse=True)
    best, second = [*ordered, -math.inf, -math.inf][:2]
    return [max(-MAX_LEAD, min(MAX_LEAD, strength - (second if strength == best else best))) for strength in strengths]


def _sigmoid(z: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, z))))
