"""Bodies of the vocabulary."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel

from channels.knowledge_api.bodies.base import Read
from channels.knowledge_api.bodies.golden import Rehearsal
from knowledge_base.vocabulary.models import VocabularyTerm
from knowledge_base.vocabulary.preview import Preview
from knowledge_base.vocabulary.terms import TermForm, form_of

TERM_EXAMPLE: dict[str, Any] = {"kind": "local_name", "words": ["蓝本本"], "official": "居住证"}


class TermBody(BaseModel):
    """A term: ``form`` is what is worked at, ``live`` what searches go by; null where they do not."""

    id: int
    version: int
    form: TermForm
    live: dict[str, Any] | None
    written_by: str
    updated_at: datetime
    updated_by: str

    @classmethod
    def of(cls, row: VocabularyTerm) -> TermBody:
        """One term."""
        return cls(
            id=row.id,
            version=row.version,
            form=form_of(row),
            live=row.live,
            written_by=row.content_by,
            updated_at=row.updated_at,
            updated_by=row.updated_by,
        )


class TermList(BaseModel):
    """A page of terms in the order they were made."""

    items: list[TermBody]
    next: str | None


class TermRevision(Read):
    """One step in the history of a term."""

    version: int
    deed: str
    author: str
    at: datetime
    snapshot: dict[str, Any]


class BuiltInGroup(Read):
    """Words for one thing in the built-in lexicon, the standard one first."""

    label: str
    words: list[str]


class OutcomeBody(Read):
    """What becomes of a question."""

    band: Literal["answer", "clarify", "unknown"]
    title: str
    entry_id: str


class ChangedQuestion(Read):
    """A question that would be led elsewhere; personal data is masked."""

    question: str
    before: OutcomeBody
    after: OutcomeBody


class VocabularyPreview(BaseModel):
    """What a change would do to the newest questions of citizens that have its words, and to the golden set."""

    asked: int
    gained: list[ChangedQuestion]
    changed: list[ChangedQuestion]
    lost: list[ChangedQuestion]
    golden: Rehearsal

    @classmethod
    def of(cls, preview: Preview) -> VocabularyPreview:
        """One preview."""
        lists = {
            name: [ChangedQuestion.model_validate(one) for one in getattr(preview, name)]
            for name in ("gained", "changed", "lost")
        }
        return cls(asked=preview.asked, golden=Rehearsal.of(preview.report), **lists)
