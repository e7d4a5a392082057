"""Bodies of policy documents."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel, Field

from channels.knowledge_api.bodies.base import Read
from channels.knowledge_api.bodies.entries import EntryLine, SignOff
from knowledge_base.documents import DocumentView
from knowledge_base.lifecycle import EntryStatus


class DocumentLine(Read):
    """A policy document; ``waiting``: how many of its passages wait to be published."""

    id: str
    title: str
    issuer: str
    number: str
    topic: str
    region: str
    effective: date | None
    expires: date | None
    predecessor_id: str
    status: EntryStatus
    source_name: str
    updated_at: datetime
    updated_by: str
    passages: int
    waiting: int

    @classmethod
    def of(cls, view: DocumentView) -> DocumentLine:
        """One row."""
        counts = {"passages": view.passages, "waiting": view.waiting}
        columns = {name: getattr(view.document, name) for name in cls.model_fields if name not in counts}
        return cls.model_validate(columns | counts)


class DocumentBody(DocumentLine):
    """A policy document with its passages in the order of the text."""

    entries: list[EntryLine]


class DocumentList(BaseModel):
    """A page of policy documents by id."""

    items: list[DocumentLine]
    next: str | None


class Successor(SignOff):
    """The document that takes over on the day it comes into force."""

    successor_id: str = Field(min_length=1, max_length=40)
