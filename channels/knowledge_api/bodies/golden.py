"""Bodies of the golden set."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from channels.knowledge_api.bodies.base import Read, Sent
from channels.knowledge_api.problems import GoldenChange
from knowledge_base.golden.gate import GateReport, Verdict
from knowledge_base.golden.models import GoldenQuestion

VerdictName = Literal["missed", "offered", "answered"]


class GoldenLine(Read):
    """A question and the entry that must answer it; ``verdict`` is how it stands now, where all are asked for."""

    id: int
    question: str
    entry_id: str
    added_by: str
    added_at: datetime
    verdict: VerdictName | None

    @classmethod
    def of(cls, one: GoldenQuestion, verdict: Verdict | None) -> GoldenLine:
        """One row."""
        columns = {name: getattr(one, name) for name in cls.model_fields if name != "verdict"}
        return cls.model_validate(columns | {"verdict": None if verdict is None else verdict.name.lower()})


class GoldenList(BaseModel):
    """A page of the golden set, in the order it was written."""

    items: list[GoldenLine]
    next: str | None


class GoldenQuestions(Sent):
    """Questions that an entry must answer."""

    entry_id: str = Field(max_length=80, examples=["residence_permit.apply"])
    questions: list[str] = Field(min_length=1, max_length=1000, examples=[["居住证怎么办"]])


class GoldenAdded(Read):
    """How many were new, and which were in the golden set already."""

    new: int
    known: list[str]


class SignOffBody(Read):
    """Who let a change through that made golden questions worse, and why."""

    id: int
    object_id: str
    actor: str
    at: datetime
    reason: str
    worse: list[dict[str, Any]]


class SignOffList(BaseModel):
    """The last fifty, newest first."""

    items: list[SignOffBody]


class Rehearsal(BaseModel):
    """What a change would do to the golden set: how many of all questions were asked again, and what became of them."""

    total: int
    asked: int
    better: list[GoldenChange]
    worse: list[GoldenChange]

    @classmethod
    def of(cls, report: GateReport) -> Rehearsal:
        """One report."""
        better, worse = ([GoldenChange.of(one) for one in changes] for changes in (report.better, report.worse))
        return cls(total=report.total, asked=report.asked, better=better, worse=worse)


class ReliabilityBin(Read):
    """Questions whose best hit was said to be right with a probability from ``low`` to below ``high``."""

    low: float
    high: float
    count: int
    predicted: float
    right: float


class ReliabilityBody(Read):
    """Whether probabilities can be believed; ``brier`` and ``ece``: the lower the better."""

    count: int
    bins: list[ReliabilityBin]
    brier: float
    ece: float
