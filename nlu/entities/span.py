"""A stretch of text that means something."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Span:
    """``text[start:end]`` and the standard ``value`` it stands for; ``kind`` names the recogniser's finding."""

    start: int
    end: int
    text: str
    value: str
    kind: str
