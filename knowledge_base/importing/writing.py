"""Carrying out a plan inside the caller's transaction: everything new is a draft, what is published waits as a change."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge_base import review, revisions
from knowledge_base.importing.plan import BATCH, Change, DocumentChange, Plan
from knowledge_base.importing.progress import begin, steps
from knowledge_base.importing.staging import DocumentForm
from knowledge_base.lifecycle import EntryStatus
from knowledge_base.models import Entry, PolicyDocument

COMMENT_CHARACTERS = 200


class Writer:
    """Writes entries, documents and their revisions; ``actor`` signs them."""

    def __init__(self, session: Session, actor: str) -> None:
        self._session = session
        self._actor = actor

    def write(self, plan: Plan) -> None:
        """All of the plan."""
        self._put(plan.entries, "")
        for document in plan.documents:
            if document.action != "same":
                self._document(document)
            self._put(document.passages, document.document_id)

    def _put(self, changes: list[Change] | tuple[Change, ...], document_id: str) -> None:
        changed = [change for change in changes if change.action != "same"]
        begin("write")
        for start in steps(range(0, len(changed), BATCH)):
            self._put_some(changed[start : start + BATCH], document_id)

    def _put_some(self, changes: list[Change], document_id: str) -> None:
        chosen = select(Entry).where(Entry.id.in_([change.entry_id for change in changes])).with_for_update()
        known = {entry.id: entry for entry in self._session.scalars(chosen)}
        entries = [(self._one(change, known.get(change.entry_id), document_id), change.place) for change in changes]
        self._session.add_all(entry for entry, _ in entries)
        self._session.flush()  # all at once: a revision takes an entry that has its defaults
        for entry, place in entries:
            self._record(entry, "import", place)

    def _one(self, change: Change, entry: Entry | None, document_id: str) -> Entry:
        if entry is None:
            columns = change.form.columns()
            return Entry(
                id=change.entry_id,
                status=EntryStatus.DRAFT,
                document_id=document_id,
                edited=True,
                updated_by=self._actor,
                **columns,
            )
        review.edit(entry, change.form)
        self._count(entry)
        return entry

    def _document(self, change: DocumentChange) -> None:
        document = self._session.get(PolicyDocument, change.document_id, with_for_update=True)
        if document is None:
            document = PolicyDocument(id=change.document_id, status=EntryStatus.DRAFT, leaving=[], version=0)
            self._session.add(document)
        elif document.status == EntryStatus.RETIRED:
            document.status = EntryStatus.DRAFT
        for name in DocumentForm.model_fields:
            setattr(document, name, getattr(change.form, name))
        document.source_name = change.source_name[:200]
        document.version += 1
        document.updated_by = self._actor
        document.leaving = [one for one in change.leaving if not self._leave_now(one)]

    def _leave_now(self, entry_id: str) -> bool:
        """A passage that no citizen reads yet goes at once; a published one when the new text is published."""
        entry = self._session.get_one(Entry, entry_id, with_for_update=True)
        if entry.status == EntryStatus.PUBLISHED:
            return False
        review.retire(entry)
        self._count(entry)
        self._record(entry, "retire", "新的文本里没有这一条")
        return True

    def _count(self, entry: Entry) -> None:
        entry.edited = True
        entry.version += 1
        entry.updated_by = self._actor

    def _record(self, entry: Entry, deed: str, comment: str) -> None:
        revisions.record(self._session, entry, actor=self._actor, deed=deed, comment=comment[:COMMENT_CHARACTERS])
