"""From scores to probabilities: logistic models (Platt 1999) fitted on our own phrasings, held out, and on requests
that are none of the government's business. The first weighs the evidence for a candidate, in one way for what staff
write and in another for passages of policy documents, which have no phrasings of their own. The second also sees how
far the candidate is ahead of the next one: two equally good hits are each no more than half sure.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

FEATURES = ("dice", "coverage", "contained", "dense", "whole", "agreement", "rarity")
# Beyond this distance a lead says nothing more.
MAX_LEAD = 4.0
# A question that is word for word one of the entry's phrasings; nothing is left to weigh.
EXACT = 0.99
# How much what is seen counts against small weights (the C of scikit-learn).
STRICTNESS = 10.0
Model = npt.NDArray[np.float64]
_WEIGHINGS = ("written", "passages")


@dataclass(frozen=True)
class Evidence:
    """What search knows of one candidate entry for one question; all values 0–1 but the cosines.

    ``dice``: best match of terms with one phrase; ``coverage``: most of the question found in one phrase; ``contained``:
    how much of a name (title or alias) the question contains; ``dense``: cosine with the nearest phrase; ``whole``:
    cosine with the mean of all phrases; ``rarity``: what is found in one phrase, in absolute terms: 1 for some rare words.
    Not weighed are ``exact``, 1 if the question is one of the phrasings, and ``passage``, 1 for a passage of a document.
    """

    dice: float = 0.0
    coverage: float = 0.0
    contained: float = 0.0
    dense: float = 0.0
    whole: float = 0.0
    rarity: float = 0.0
    exact: float = 0.0
    passage: float = 0.0

    def features(self) -> tuple[float, ...]:
        """Values in the order of ``FEATURES``; ``agreement`` is high only where words and vectors both are."""
        dense = max(0.0, self.dense)
        whole = max(0.0, self.whole)
        return (self.dice, self.coverage, self.contained, dense, whole, self.coverage * dense, self.rarity)


@dataclass(frozen=True)
class Weighing:
    """How much each feature counts; the defaults only rank roughly, before anything is fitted."""

    weights: tuple[float, ...] = (1.5, 1.0, 0.8, 3.0, 3.0, 2.0, 0.0)
    bias: float = -5.0

    def strength(self, evidence: Evidence) -> float:
        """Log-odds of one candidate looked at alone."""
        return self.bias + sum(w * x for w, x in zip(self.weights, evidence.features(), strict=True))

    @classmethod
    def fit(cls, rows: Sequence[tuple[Evidence, bool]]) -> Weighing:
        """Fit on candidates and whether each is right; no feature speaks against one.

        Features are much alike (shared terms, seen in several ways). Left free, some would get negative weights to make up
        for others, and an entry that says the very words would come after one that says some of them.
        """
        from scipy.optimize import minimize

        features = np.array([evidence.features() for evidence, _ in rows])
        signs = np.where([right for _, right in rows], 1.0, -1.0)

        def loss(model: Model) -> tuple[float, Model]:
            bias, weights = model[0], model[1:]
            margins = signs * (features @ weights + bias)
            slopes = -STRICTNESS * signs / (1 + np.exp(margins))
            total = STRICTNESS * np.logaddexp(0, -margins).sum() + weights @ weights / 2
            return float(total), np.concatenate([[slopes.sum()], features.T @ slopes + weights])

        bounds = [(None, None), *[(0, None)] * len(FEATURES)]
        found = minimize(loss, np.zeros(len(bounds)), jac=True, method="L-BFGS-B", bounds=bounds).x.tolist()
        return cls(tuple(found[1:]), found[0])


@dataclass(frozen=True)
class Calibration:
    """Both weighings, and the model that also sees how far a candidate is ahead."""

    written: Weighing = field(default_factory=Weighing)
    passages: Weighing = field(default_factory=Weighing)
    slope: float = 1.0
    lead: float = 0.0
    shift: float = 0.0

    def strength(self, evidence: Evidence) -> float:
        """Log-odds of one candidate looked at alone."""
        return (self.passages if evidence.passage else self.written).strength(evidence)

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
        written, passages = (Weighing(tuple(data[name].pop("weights")), **data.pop(name)) for name in _WEIGHINGS)
        return cls(written, passages, **data)

    @classmethod
    def fit(cls, searches: Sequence[tuple[Mapping[str, Evidence], str]]) -> Calibration:
        """Fit on searches, each with its candidates and the name of the right one (empty: none is right).

        Without passages among the candidates these are weighed like what staff write.
        """
        from sklearn.linear_model import LogisticRegression

        rows = [(evidence, name == right) for candidates, right in searches for name, evidence in candidates.items()]
        written = Weighing.fit([row for row in rows if not row[0].passage])
        passages = [row for row in rows if row[0].passage]
        seen_both = len({right for _, right in passages}) > 1
        alone = cls(written, Weighing.fit(passages) if seen_both else written)
        pairs: list[tuple[float, float]] = []
        for candidates, _ in searches:
            strengths = [alone.strength(evidence) for evidence in candidates.values()]
            pairs += zip(strengths, _leads(strengths), strict=True)
        second = LogisticRegression(C=STRICTNESS, max_iter=2000).fit(pairs, [right for _, right in rows])
        slope, lead = map(float, second.coef_[0])
        return cls(alone.written, alone.passages, slope, lead, float(second.intercept_[0]))


def _leads(strengths: list[float]) -> list[float]:
    """How far each is ahead of the best of the others (behind: negative), within ±MAX_LEAD."""
    ordered = sorted(strengths, reverse=True)
    best, second = [*ordered, -math.inf, -math.inf][:2]
    return [max(-MAX_LEAD, min(MAX_LEAD, strength - (second if strength == best else best))) for strength in strengths]


def _sigmoid(z: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, z))))
