"""Bodies of importing."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import BaseModel, Field

from channels.knowledge_api.bodies.base import Read, Sent
from knowledge_base.importing.staging import DocumentForm, Problem


class PreviewLine(Read):
    """An entry that would be created or updated."""

    action: Literal["create", "update", "same"]
    place: str
    title: str
    answer: str


class PreviewBody(Read):
    """What importing would do. ``counts`` are of entries; ``rows`` the first ones of each action."""

    token: str
    source_name: str
    counts: dict[Literal["create", "update", "same"], int]
    rows: list[PreviewLine]
    documents: list[DocumentForm]
    problems: list[Problem]


class DocumentFacts(Sent):
    """What a person says about a document in the import; what is left out stays as it was recognised."""

    title: str | None = Field(None, max_length=200)
    issuer: str | None = Field(None, max_length=100)
    number: str | None = Field(None, max_length=60)
    topic: str | None = None
    region: str | None = Field(None, pattern=r"^(\d{6})?$")
    effective: date | None = None
    expires: date | None = None


class Commit(Sent):
    """``only_valid`` leaves out what has problems; otherwise nothing is imported while there are any."""

    only_valid: bool = False


class ImportBody(Read):
    """What an import did: entries by action, and the ids of what changed. All of it are drafts."""

    token: str
    created: int
    updated: int
    same: int
    skipped: int
    documents: list[str]
    entries: list[str]


class PublishedCount(BaseModel):
    """How many entries citizens get now."""

    published: int
