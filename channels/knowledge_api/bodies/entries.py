"""Bodies of entries."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, Field

from channels.knowledge_api.bodies.base import Read, Sent
from knowledge_base import review, revisions
from knowledge_base.entry_form import EntryForm
from knowledge_base.lifecycle import DEEDS, EntryStatus
from knowledge_base.models import Entry

FORM_EXAMPLE: dict[str, Any] = {
    "topic": "residence_permit",
    "title": "居住证签注",
    "question": "居住证签注怎么办？",
    "similar": ["居住证到期了怎么续"],
    "answer": "每满一年到居住地派出所签注一次，咨询请拨 {city.hotline}。",
    "legal_basis": [{"title": "居住证暂行条例", "issuer": "国务院", "article": "第十条"}],
}


class EntryLine(Read):
    """An entry in a list; what citizens read, or would."""

    id: str
    version: int
    status: EntryStatus
    draft_status: EntryStatus | None = Field(description="Where the change stands that waits beside a published text.")
    topic: str
    kind: str
    title: str
    question: str
    region: str
    effective: date | None
    expires: date | None
    owner: str
    updated_at: datetime
    updated_by: str

    @classmethod
    def of(cls, entry: Entry) -> EntryLine:
        """One row."""
        columns = {name: getattr(entry, name) for name in cls.model_fields}
        return cls.model_validate(columns | {"draft_status": entry.draft_status or None})


class EntryBody(EntryLine):
    """An entry in full. ``form`` is what an editor goes on with and what PUT replaces."""

    form: EntryForm
    published: EntryForm | None = Field(description="What citizens get while a change waits; null where none does.")
    document_id: str = Field(description="The policy document a passage belongs to.")
    written_by: str = Field(description="Who wrote what is not published yet.")
    deeds: list[str] = Field(description="What the status allows; who may do it is another matter.")

    @classmethod
    def of(cls, entry: Entry) -> EntryBody:
        """All of one entry."""
        form = revisions.form_of(entry)
        columns = {name: getattr(entry, name) for name in EntryForm.model_fields}
        live = EntryForm.model_validate(columns | {"facts": columns["facts"] or None})
        return cls(
            **EntryLine.of(entry).model_dump(),
            form=form,
            published=live if entry.draft is not None else None,
            document_id=entry.document_id,
            written_by=entry.content_by,
            deeds=[deed for deed in DEEDS if review.may(entry, deed)],
        )


class EntryList(BaseModel):
    """A page of entries by id; ``total`` is how many fit in all, ``next`` the address of the next page."""

    items: list[EntryLine]
    total: int
    next: str | None


class ExpiringList(BaseModel):
    """A page of what citizens get now and will not get any more in 30 days, the next first."""

    items: list[EntryLine]
    next: str | None


class SignOff(Sent):
    """``sign_off``: the reason why golden questions may get worse; without one they stop the deed."""

    sign_off: str = Field("", max_length=2000)


class Return(Sent):
    """Why a text needs work."""

    reason: str = Field(min_length=1, max_length=2000, examples=["请核对热线号码"])


class Restore(Sent):
    """The version whose text comes back."""

    version: int = Field(ge=1, le=2**31 - 1)
