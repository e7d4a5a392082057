"""Bodies of the history of entries."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel

from channels.knowledge_api.bodies.base import Read
from knowledge_base.entry_form import EntryForm
from knowledge_base.lifecycle import EntryStatus, deed_label
from knowledge_base.models import EntryRevision


class RevisionLine(Read):
    """One step in the history of an entry."""

    version: int
    deed: str
    deed_label: str
    status: EntryStatus
    author: str
    at: datetime
    comment: str

    @classmethod
    def of(cls, one: EntryRevision) -> RevisionLine:
        """One row."""
        columns = {name: getattr(one, name) for name in cls.model_fields if name != "deed_label"}
        return cls.model_validate(columns | {"deed_label": deed_label(one.deed)})


class RevisionBody(RevisionLine):
    """One step with the text as it then was."""

    form: EntryForm


class RevisionList(BaseModel):
    """A page of the history, newest first."""

    items: list[RevisionLine]
    next: str | None


class Piece(BaseModel):
    """Text, or an item of a list, that stayed, came or went."""

    change: Literal["same", "added", "removed"]
    text: str


class FieldDifference(BaseModel):
    """How one field differs, in reading order."""

    field: str
    label: str
    is_list: bool
    pieces: list[Piece]
