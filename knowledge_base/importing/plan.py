"""What a commit would do to the knowledge base as it is now: what is new, what changes, what stays, what is wrong."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge_base.entry_form import EntryForm
from knowledge_base.importing.passages import passage_forms
from knowledge_base.importing.progress import begin, steps
from knowledge_base.importing.staging import DocumentForm, Problem, Staged, StagedDocument, StagedEntry
from knowledge_base.lifecycle import EntryStatus, InvalidEntry
from knowledge_base.models import Entry, PolicyDocument
from knowledge_base.revisions import form_of
from nlu.text import content_only

Action = Literal["create", "update", "same"]
ACTIONS: tuple[Action, ...] = ("create", "update", "same")
BATCH = 500


@dataclass(frozen=True)
class Change:
    """One entry as it would be; ``entry_id`` is the id it has, or would get."""

    action: Action
    place: str
    entry_id: str
    form: EntryForm


@dataclass(frozen=True)
class DocumentChange:
    """One document: its id, its facts, its passages, and the passages that the new text no longer has."""

    action: Action
    document_id: str
    source_name: str
    form: DocumentForm
    passages: tuple[Change, ...]
    leaving: tuple[str, ...]


@dataclass
class Plan:
    """Everything that a commit would do, and the problems in its way."""

    entries: list[Change] = field(default_factory=list)
    documents: list[DocumentChange] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def changes(self, action: Action) -> list[Change]:
        """All entries and passages to which this would happen."""
        passages = [one for document in self.documents for one in document.passages]
        return [one for one in [*self.entries, *passages] if one.action == action]


def make_plan(session: Session, staged: Staged, check: Callable[[EntryForm], None]) -> Plan:
    """The plan of a staged import; ``check`` raises InvalidEntry for what a form alone cannot know."""
    plan = Plan(problems=list(staged.problems))
    _plan_entries(session, staged.entries, check, plan)
    seen: set[str] = set()
    for document in staged.documents:
        _plan_document(session, document, check, plan, seen)
    return plan


# Entries ------------------------------------------------------------------


def _plan_entries(
    session: Session, rows: Sequence[StagedEntry], check: Callable[[EntryForm], None], plan: Plan
) -> None:
    asked = {content_only(question): id_ for id_, question in session.execute(select(Entry.id, Entry.question))}
    ids = set(asked.values())
    wanted: dict[str, StagedEntry] = {}
    for row in rows:
        key = content_only(row.form.question) or row.form.question
        entry_id = row.given_id or asked.get(key) or _new_id(row.form.topic, key, ids)
        asked.setdefault(key, entry_id)
        ids.add(entry_id)
        before = wanted.get(entry_id)
        if before is not None and before.form.answer != row.form.answer:
            reason = f"和{before.place}是同一个问题，答案却不一样，请留下一个"
            plan.problems.append(Problem(place=row.place, column="答案", reason=reason))
            continue
        wanted[entry_id] = _merged(before, row)
    known = _entries(session, wanted)
    begin("check")
    for entry_id, row in steps(list(wanted.items())):
        existing = known.get(entry_id)
        form = row.form if existing is None else _onto(form_of(existing), row)
        try:
            check(form)
        except InvalidEntry as error:
            plan.problems.append(Problem(place=row.place, reason=str(error)))
            continue
        plan.entries.append(Change(_action(existing, form), row.place, entry_id, form))


def _merged(first: StagedEntry | None, row: StagedEntry) -> StagedEntry:
    """Two rows with the same question and answer are one entry with the phrasings of both."""
    if first is None:
        return row
    phrasings = [*first.form.similar, row.form.question, *row.form.similar]
    similar = [text for text in dict.fromkeys(phrasings) if text != first.form.question]
    form = first.form.model_copy(update={"similar": similar})
    return first.model_copy(update={"form": form, "given": sorted({*first.given, "similar"})})


def _onto(existing: EntryForm, row: StagedEntry) -> EntryForm:
    """What the sheet fills in replaces what was there; phrasings are added, for staff may have added some too."""
    given = {name: getattr(row.form, name) for name in row.given if name not in ("similar", "aliases")}
    similar = [text for text in dict.fromkeys([*existing.similar, *row.form.similar]) if text != row.form.question]
    aliases = list(dict.fromkeys([*existing.aliases, *row.form.aliases]))
    return existing.model_copy(update={**given, "similar": similar, "aliases": aliases})


def _new_id(topic: str, key: str, taken: set[str]) -> str:
    digest = hashlib.sha256(key.encode()).hexdigest()
    length = 10
    while (entry_id := f"{topic}.i{digest[:length]}") in taken and length < len(digest):
        length += 1
    return entry_id


def _entries(session: Session, ids: Iterable[str]) -> dict[str, Entry]:
    found: dict[str, Entry] = {}
    wanted = list(ids)
    for start in range(0, len(wanted), BATCH):
        chosen = select(Entry).where(Entry.id.in_(wanted[start : start + BATCH]))
        found.update({entry.id: entry for entry in session.scalars(chosen)})
    return found


def _action(existing: Entry | None, form: EntryForm) -> Action:
    if existing is None:
        return "create"
    return "same" if form_of(existing).columns() == form.columns() else "update"


# Documents ----------------------------------------------------------------


def _plan_document(
    session: Session, staged: StagedDocument, check: Callable[[EntryForm], None], plan: Plan, seen: set[str]
) -> None:
    forms, problems = passage_forms(staged)
    begin("check")
    for form in steps(forms):
        try:
            check(form)
        except InvalidEntry as error:
            problems.append(Problem(place=form.title, reason=str(error)))
    existing = _document(session, staged.form)
    document_id = existing.id if existing is not None else _document_id(staged.form)
    if document_id in seen:
        problems.append(Problem(place=staged.source_name, reason="和前面一个文件是同一份政策文件，请留下一个"))
    seen.add(document_id)
    if problems:  # a document is taken whole or not at all
        plan.problems.extend(problems)
        return
    known = {entry.title: entry for entry in session.scalars(select(Entry).where(Entry.document_id == document_id))}
    changes = _passages(document_id, known, forms)
    gone = [
        e for title, e in known.items() if title not in {f.title for f in forms} and e.status != EntryStatus.RETIRED
    ]
    leaving = tuple(sorted(entry.id for entry in gone))
    stays = existing is not None and _facts(existing) == staged.form and all(one.action == "same" for one in changes)
    action: Action = "create" if existing is None else "same" if stays and not leaving else "update"
    plan.documents.append(DocumentChange(action, document_id, staged.source_name, staged.form, tuple(changes), leaving))


def _document(session: Session, form: DocumentForm) -> PolicyDocument | None:
    """The document as it is known: by title and number, or by title and issuer where one of them has no number."""
    titled = select(PolicyDocument).where(PolicyDocument.title == form.title).order_by(PolicyDocument.id)
    for one in session.scalars(titled):
        if form.number and one.number:
            if one.number == form.number:
                return one
        elif one.issuer == form.issuer:
            return one
    return None


def _document_id(form: DocumentForm) -> str:
    return "doc_" + hashlib.sha256(f"{form.title}\n{form.number or form.issuer}".encode()).hexdigest()[:12]


def _facts(document: PolicyDocument) -> DocumentForm:
    return DocumentForm(**{name: getattr(document, name) for name in DocumentForm.model_fields})


def _passages(document_id: str, known: dict[str, Entry], forms: Sequence[EntryForm]) -> list[Change]:
    last = max((int(entry.id.rpartition(".")[2]) for entry in known.values()), default=0)
    changes = []
    for form in forms:
        existing = known.get(form.title)
        last += existing is None
        entry_id = existing.id if existing is not None else f"{document_id}.{last:03d}"
        action = _action(existing, form)
        if existing is not None and existing.status == EntryStatus.RETIRED:
            action = "update"  # it had left the text and is in it again
        changes.append(Change(action, form.title, entry_id, form))
    return changes
