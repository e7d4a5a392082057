"""A stretch of text that means something, and spans of which no two overlap."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Span:
    """``text[start:end]`` and the standard ``value`` it stands for; ``kind`` names the recogniser's finding."""

    start: int
    end: int
    text: str
    value: str
    kind: str


class SpanSet:
    """Spans that do not overlap, in the order of the text. Whether a place is free is looked up, not searched for.

    >>> spans = SpanSet([Span(0, 3, "abc", "", "x")])
    >>> spans.add(Span(2, 4, "cd", "", "y")), spans.add(Span(3, 4, "d", "", "y"))
    (False, True)
    """

    def __init__(self, spans: Iterable[Span] = ()) -> None:
        self._starts: list[int] = []
        self._spans: list[Span] = []
        for span in spans:
            self.add(span)

    def __iter__(self) -> Iterator[Span]:
        return iter(self._spans)

    def add(self, span: Span) -> bool:
        """Keep the span if it overlaps none; whether it was kept."""
        if not self.is_free(span.start, span.end):
            return False
        place = bisect_left(self._starts, span.start)
        self._starts.insert(place, span.start)
        self._spans.insert(place, span)
        return True

    def overlapping(self, start: int, end: int) -> Iterator[Span]:
        """The spans that have a character of this stretch, the last one first."""
        place = bisect_left(self._starts, end)
        while place and self._spans[place - 1].end > start:
            place -= 1
            yield self._spans[place]

    def is_free(self, start: int, end: int) -> bool:
        """Whether no span has a character of this stretch."""
        after = bisect_left(self._starts, end)
        return after == 0 or self._spans[after - 1].end <= start


def blanked(text: str, spans: Iterable[Span]) -> str:
    """The text with full-width commas in the place of spans, which come in order: what stands beside them is read alone.

    >>> blanked("昨晚解放路", [Span(0, 2, "昨晚", "", "time")])
    '，，解放路'
    """
    pieces: list[str] = []
    at = 0
    for span in spans:
        pieces += [text[at : span.start], "，" * (span.end - span.start)]
        at = span.end
    return "".join([*pieces, text[at:]])
