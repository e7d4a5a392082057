"""Probabilities fitted once more, on the city's own golden set (Platt scaling of what the trained calibration says).

Kept apart from the trained calibration, and used only with the very one that it was fitted on; the order of hits does not
change by it.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path

from knowledge_base.calibration import Calibration, Evidence
from knowledge_base.reliability import Prediction, Reliability, reliability
from knowledge_base.search import Searcher

# Fewer questions say more about themselves than about what citizens will ask.
NEEDED = 200
# What citizens get to see of a search: the answer, or the choices.
SEEN = 3
FOLDS = 5
# The golden set has only the city's business. So much of what is asked is none of it, or no answer would look unsure.
OUTSIDE_SHARE = 0.2
MOST = 1 - 1e-9

Search = tuple[Mapping[str, Evidence], str]


class NoRefit(Exception):
    """The golden set cannot make the probabilities better; the message says why, for whoever runs the city's servers."""


@dataclass(frozen=True)
class Recalibrated(Calibration):
    """A calibration whose log-odds are stretched by ``factor`` (above 0) and moved by ``offset``."""

    factor: float = 1.0
    offset: float = 0.0

    def probabilities(self, candidates: Mapping[str, Evidence]) -> dict[str, float]:
        """As of the trained calibration, fitted once more; what is word for word one of the phrasings stays certain."""
        trained = super().probabilities(candidates)
        return {
            name: value if candidates[name].exact else _probability(self.factor * _log_odds(value) + self.offset)
            for name, value in trained.items()
        }


@dataclass(frozen=True)
class Refit:
    """What was fitted, on how many questions, and how reliable probabilities are before and after.

    ``after`` is told for questions that the fit had not seen: each fifth by a fit on the other four.
    """

    calibration: Recalibrated
    questions: int
    before: Reliability
    after: Reliability


def searches(searcher: Searcher, questions: Iterable[tuple[str, str]], on: date, region: str) -> list[Search]:
    """The evidence found for each question; each comes with the id of the entry that answers it (empty: none does).

    Questions that are word for word a phrasing are left out: nothing is weighed there.
    """
    found: list[Search] = []
    for question, right in questions:
        evidence = searcher.trace(question, on, region).evidence
        if not any(one.exact for one in evidence.values()):
            found.append((evidence, right))
    return found


def refit(trained: Calibration, golden: Sequence[Search], outside: Sequence[Search]) -> Refit:
    """Fit on the searches of the golden set, and of requests ``outside`` our business.

    Raises NoRefit where there are fewer than ``NEEDED`` or the fit does not make probabilities better.
    """
    if len(golden) < NEEDED:
        raise NoRefit(
            f"{len(golden)} golden questions are not word for word one of the phrasings; {NEEDED} are needed. "
            "Probabilities stay as they are"
        )
    weight = OUTSIDE_SHARE / (1 - OUTSIDE_SHARE) * len(golden) / max(1, len(outside))
    before = [_prediction(trained, one) for one in golden]
    after: list[Prediction] = []
    for fold in range(FOLDS):
        kept = [one for at, one in enumerate(golden) if at % FOLDS != fold]
        fitted = _fit(trained, kept, outside, weight)
        after += [_prediction(fitted, one) for one in golden[fold::FOLDS]]
    result = Refit(_fit(trained, golden, outside, weight), len(golden), reliability(before), reliability(after))
    if result.after.brier >= result.before.brier:
        raise NoRefit("A fit on the golden set makes probabilities no better. They stay as they are")
    return result


def path_for(data_dir: Path, trained: Path) -> Path:
    """Where a refit of the trained calibration in this file is kept; another file, another place."""
    digest = hashlib.sha256(trained.read_bytes()).hexdigest()[:16]
    return data_dir / "calibration" / f"{digest}.json"


def save(refitted: Refit, path: Path) -> None:
    """Write down what was fitted, in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    calibration = refitted.calibration
    data = {"factor": calibration.factor, "offset": calibration.offset, "questions": refitted.questions}
    unfinished = path.with_suffix(".part")
    unfinished.write_text(json.dumps(data), encoding="utf-8")
    unfinished.replace(path)


def in_force(data_dir: Path, trained_file: Path, trained: Calibration) -> Calibration:
    """The calibration as fitted on the golden set, if it was; else the trained one."""
    path = path_for(data_dir, trained_file)
    if not path.is_file():
        return trained
    data = json.loads(path.read_text(encoding="utf-8"))
    return _stretched(trained, float(data["factor"]), float(data["offset"]))


def _stretched(trained: Calibration, factor: float, offset: float) -> Recalibrated:
    own = {field.name: getattr(trained, field.name) for field in fields(Calibration)}
    return Recalibrated(**own, factor=factor, offset=offset)


def _fit(trained: Calibration, golden: Sequence[Search], outside: Sequence[Search], weight: float) -> Recalibrated:
    from sklearn.linear_model import LogisticRegression

    rows = [(point, 1.0) for one in golden for point in _points(trained, one)]
    rows += [(point, weight) for one in outside for point in _points(trained, one)]
    right = [is_right for (_, is_right), _ in rows]
    if len(set(right)) < 2:
        raise NoRefit(
            "All hits of the golden set are right, or all are wrong: nothing to fit. Probabilities stay as they are"
        )
    model = LogisticRegression(C=10.0, max_iter=2000)
    model.fit([[odds] for (odds, _), _ in rows], right, sample_weight=[weight for _, weight in rows])
    factor, offset = float(model.coef_[0][0]), float(model.intercept_[0])
    if factor <= 0:
        raise NoRefit(
            "Surer hits are less often right in the golden set: check which entries it names. Probabilities stay as they are"
        )
    return _stretched(trained, factor, offset)


def _points(trained: Calibration, search: Search) -> list[tuple[float, bool]]:
    """Log-odds of the first candidates, and whether each is right."""
    evidence, right = search
    ranked = sorted(trained.probabilities(evidence).items(), key=lambda item: -item[1])[:SEEN]
    return [(_log_odds(value), name == right) for name, value in ranked]


def _prediction(calibration: Calibration, search: Search) -> Prediction:
    evidence, right = search
    found = calibration.probabilities(evidence)
    best = max(found, key=lambda name: found[name], default="")
    return Prediction(found[best], best == right) if best else Prediction(0.0, False)


def _log_odds(probability: float) -> float:
    kept = min(MOST, max(1 - MOST, probability))
    return math.log(kept / (1 - kept))


def _probability(log_odds: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, log_odds))))
