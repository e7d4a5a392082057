"""Multinomial logistic regression over a sparse and a dense matrix side by side, minimised by SciPy's L-BFGS.

The optimum is that of scikit-learn's ``LogisticRegression(class_weight="balanced")``, which takes one matrix only: with some
hundred dense numbers a text in a sparse one each step takes five times as long.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def fit(
    tables: Sequence[Any], targets: npt.NDArray[np.int64], strength: float, max_iterations: int, tolerance: float
) -> tuple[Floats, Floats]:
    """Weights of shape (all columns, labels) and a bias a label.

    ``tables``: matrices with a row an example; ``targets``: the number of each one's label; ``strength``: C, large for
    little regularisation; ``tolerance``: the largest slope that is as good as none.
    """
    from scipy.optimize import minimize  # type: ignore[import-untyped]

    counts = np.bincount(targets)
    balance = (len(targets) / (len(counts) * counts))[targets]
    wanted = np.zeros((len(targets), len(counts)))
    wanted[np.arange(len(targets)), targets] = 1
    edges = np.cumsum([0, *(table.shape[1] for table in tables)])

    def loss(flat: Floats) -> tuple[float, Floats]:
        weights = flat.reshape(edges[-1] + 1, len(counts))
        parts = zip(tables, edges, edges[1:], strict=False)
        scores = weights[-1] + sum(table @ weights[start:end] for table, start, end in parts)
        scores -= scores.max(axis=1, keepdims=True)
        logs = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
        wrong = balance[:, None] * (np.exp(logs) - wanted)
        slopes = np.vstack([*(table.T @ wrong for table in tables), wrong.sum(axis=0)[None]])
        slopes[:-1] += weights[:-1] / strength
        value = -(balance * (logs * wanted).sum(axis=1)).sum() + (weights[:-1] ** 2).sum() / (2 * strength)
        return float(value), slopes.ravel()

    start = np.zeros((edges[-1] + 1) * len(counts))
    options = {"maxiter": max_iterations, "gtol": tolerance}
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options=options).x.reshape(-1, len(counts))
    return found[:-1], found[-1]
