"""Bodies of searching, previews of answers, and what there is to choose from."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import BaseModel, Field

from channels.knowledge_api.bodies.base import Read, Sent


class Question(Sent):
    """What a citizen might ask."""

    question: str = Field(min_length=1, max_length=2000, examples=["居住证怎么办"])


class HitBody(Read):
    """An entry found; of hits with a probability of .8, about four in five are right."""

    entry_id: str
    title: str
    question: str
    probability: float
    lexical: float
    dense: float
    matched: str


class SearchBody(Read):
    """What the chat finds right now, and what it does with the best hit."""

    question: str
    band: Literal["answer", "clarify", "unknown"]
    hits: list[HitBody]
    latency_ms: float


class Fact(BaseModel):
    """A fact of a service item, or a point, line by line."""

    label: str
    lines: list[str]


class AnswerBody(BaseModel):
    """An answer as a citizen would read it."""

    title: str
    answer: str
    facts: list[Fact]
    points: list[Fact] = Field(description="What is answered to who asks for one aspect only.")
    details: list[Fact] = Field(
        description="What is answered first to who asks of such a case; the label is a question."
    )
    title_en: str = Field(description="The title for who asked in English; empty where nobody wrote one.")
    summary_en: str = Field(description="The key facts for who asked in English; empty where nobody wrote them.")
    sources: list[str]
    confirm: list[str]
    effective: date | None


class TopicBody(BaseModel):
    """A topic that entries can have."""

    id: str
    name: str


class Me(BaseModel):
    """Whose token this is, and what it may do now."""

    username: str
    display_name: str
    roles: list[str]
    permissions: list[str]
    token: str = Field(description="The token's name.")
    four_eyes: bool = Field(description="Whether publishing takes another person than the one who wrote.")
