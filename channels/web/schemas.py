"""Bodies of the widget's HTTP interface."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from actions.messages import Part


class OpenRequest(BaseModel):
    """Begin a conversation."""

    model_config = ConfigDict(extra="forbid")

    locale: Literal["zh", "en"] = "zh"


class MessageRequest(BaseModel):
    """One message; ``message_id`` is made by the client, so that sending again is safe."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=False)

    message_id: str = Field(min_length=8, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")
    text: str
    payload: str | None = Field(default=None, max_length=500)


class FeedbackRequest(BaseModel):
    """👍 or 👎 for the answer of a turn."""

    model_config = ConfigDict(extra="forbid")

    turn_id: str = Field(max_length=32)
    value: Literal["up", "down"]


class MessageBody(BaseModel):
    """A message as the transcript shows it; ``seq`` is null while it has no place in it yet."""

    seq: int | None
    role: Literal["citizen", "bot", "staff"]
    turn_id: str | None
    message_id: str | None
    at: datetime
    parts: list[Part]
    feedback: Literal["up", "down"] | None


class OpenedBody(BaseModel):
    """A new conversation; keep the token, it is told once."""

    id: str
    token: str
    messages: list[MessageBody]


class TurnBody(BaseModel):
    """The citizen's message and the replies to it."""

    messages: list[MessageBody]


class TranscriptBody(BaseModel):
    """Messages after a place; who is answering."""

    messages: list[MessageBody]
    handled_by: str


class ConfigBody(BaseModel):
    """What the widget shows before anything is said."""

    title: str
    city: str
    max_length: int
    quick_questions: list[str]
    greeting: dict[str, str]


class Problem(BaseModel):
    """An error (RFC 9457); ``detail`` is in the citizen's language, ``code`` is stable."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    code: str
