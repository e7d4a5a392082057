"""Bodies of hit tests."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, Field

from channels.knowledge_api.bodies.base import Read, Sent
from channels.knowledge_api.bodies.searching import HitBody
from knowledge_base.hit_testing.bulk import RANKS, BulkReport
from knowledge_base.hit_testing.report import HitReport


class TestedQuestion(Sent):
    """A question, a region (a code of GB/T 2260 or a name; left out: our own city) and a day (left out: today)."""

    question: str = Field(min_length=1, max_length=2000, examples=["居住证怎么办"])
    region: str | None = Field(None, max_length=40)
    on: date | None = None


class HitTestBody(BaseModel):
    """A test that was made and kept; personal data in the question is masked."""

    id: int
    report: HitReport


class HitTestLine(Read):
    """A test in the history."""

    id: int
    actor: str
    at: datetime
    question: str
    region: str
    day: date
    band: Literal["answer", "clarify", "unknown"]


class HitTestList(BaseModel):
    """A page of the history, newest first."""

    items: list[HitTestLine]
    next: str | None


class StandingBody(Read):
    """Where an entry stood: rank from 1, and probability."""

    rank: int
    probability: float


class MovementBody(Read):
    """An entry then and now; null where it was not among the first."""

    entry_id: str
    title: str
    then: StandingBody | None
    now: StandingBody | None


class ComparisonBody(Read):
    """A test of then, the same of now, and each entry in both."""

    then: HitReport
    now: HitReport
    movements: list[MovementBody]


class BulkLine(Read):
    """One question of a file; ``rank`` of the expected entry from 1, null where it was not found or none is named."""

    place: str
    question: str
    expected: str
    judged: bool
    band: Literal["answer", "clarify", "unknown"]
    hits: list[HitBody]
    rank: int | None


class BulkBody(BaseModel):
    """A bulk test; ``recall``: the share of judged questions whose entry came among the first 1, 3, 5."""

    region: str
    on: date
    judged: int
    recall: dict[int, float]
    left_out: list[str]
    rows: list[BulkLine]

    @classmethod
    def of(cls, report: BulkReport) -> BulkBody:
        """One report."""
        return cls(
            region=report.region,
            on=report.on,
            judged=len(report.judged),
            recall={rank: report.recall(rank) for rank in RANKS},
            left_out=list(report.left_out),
            rows=[BulkLine.model_validate(one) for one in report.rows],
        )
