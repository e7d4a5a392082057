"""Milliseconds measured, and what is told of them."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Spread:
    """How long something took, in milliseconds, over ``count`` samples; zeros where there were none."""

    count: int
    p50: float
    p95: float

    @classmethod
    def of(cls, samples: Sequence[float]) -> Spread:
        """Median and 95th percentile of ``samples``."""
        if len(samples) < 2:
            value = round(samples[0], 2) if samples else 0.0
            return cls(len(samples), value, value)
        cuts = statistics.quantiles(samples, n=100, method="inclusive")
        return cls(len(samples), round(cuts[49], 2), round(cuts[94], 2))
