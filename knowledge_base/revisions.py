"""The history of an entry: one revision a deed, written in the deed's own transaction, and what differs between two.

Every version has its revision: entries older than the history got theirs with the migration that made the table.
Whoever changes an entry counts ``version`` up by one and then calls ``record``; ``review`` has the changes themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from difflib import SequenceMatcher
from typing import Any, Literal

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from knowledge_base.aspects import point_lines, points_of
from knowledge_base.details import details_of
from knowledge_base.entry_form import FIELD_LABELS, EntryForm, working_columns
from knowledge_base.lifecycle import RevisionNotFound
from knowledge_base.models import Entry, EntryRevision

# How an entry is kept, not what it says.
BOOKKEEPING = frozenset({"content_hash", "edited", "version", "updated_at", "updated_by"})
WRITING = frozenset({"create", "save", "restore", "import"})
DAYS = ("effective", "expires")
# Values that are one thing: where such a field differs, all of it does.
UNDIVIDED = frozenset({"topic", "kind", "region", "owner", *DAYS})
Change = Literal["same", "added", "removed"]


@dataclass(frozen=True)
class FieldDiff:
    """How one field differs: pieces of text, or items of a list, that stayed, came or went, in reading order."""

    field: str
    label: str
    pieces: tuple[tuple[Change, str], ...]
    is_list: bool


def record(session: Session, entry: Entry, *, actor: str, deed: str, comment: str = "") -> None:
    """Add the revision of a change just made to ``entry``; commits with it. Who wrote is kept for the review."""
    if deed in WRITING:
        entry.content_by = actor
    if not inspect(entry).persistent:
        session.add(entry)
        session.flush()  # fills in the defaults
    session.add(
        EntryRevision(
            entry_id=entry.id,
            version=entry.version,
            deed=deed,
            status=entry.draft_status or entry.status,
            author=actor,
            comment=comment,
            snapshot=snapshot(entry),
        )
    )


def snapshot(entry: Entry) -> dict[str, Any]:
    """All that the entry says and where it stands, as JSON: content, status, the change that waits, who wrote it."""
    names = [column.key for column in inspect(Entry).column_attrs if column.key not in BOOKKEEPING]
    return {name: _plain(getattr(entry, name)) for name in names}


def columns_of(kept: Mapping[str, Any]) -> dict[str, Any]:
    """Values for ``Entry`` from what ``snapshot`` gave; columns that did not exist then keep their defaults."""
    known = {column.key for column in inspect(Entry).column_attrs}
    days = {name: date.fromisoformat(kept[name]) for name in DAYS if kept.get(name)}
    return {name: value for name, value in kept.items() if name in known} | days


def form_of(entry: Entry) -> EntryForm:
    """What an editor goes on with: the change that waits for publication, or else the content itself."""
    columns = working_columns(entry)
    return EntryForm.model_validate(columns | {"facts": columns["facts"] or None})


def form_in(kept: Mapping[str, Any]) -> EntryForm:
    """What an editor would have gone on with at the time of a snapshot."""
    columns = {**kept, **(kept.get("draft") or {})}
    fields = {name: columns[name] for name in EntryForm.model_fields if name in columns}
    return EntryForm.model_validate(fields | {"facts": columns["facts"] or None})


def history(session: Session, entry_id: str) -> list[EntryRevision]:
    """All revisions, newest first."""
    chosen = select(EntryRevision).where(EntryRevision.entry_id == entry_id)
    return list(session.scalars(chosen.order_by(EntryRevision.version.desc())))


def revision(session: Session, entry_id: str, version: int) -> EntryRevision:
    """One revision; raises RevisionNotFound."""
    chosen = select(EntryRevision).where(EntryRevision.entry_id == entry_id, EntryRevision.version == version)
    found = session.scalar(chosen)
    if found is None:
        raise RevisionNotFound(version)
    return found


def diff(old: EntryForm, new: EntryForm) -> list[FieldDiff]:
    """The fields that differ, in the order of the form."""
    before, after = old.model_dump(mode="json"), new.model_dump(mode="json")
    found = []
    for name, label in FIELD_LABELS.items():
        if before[name] == after[name]:
            continue
        if isinstance(before[name], list) or name == "points":
            pieces = _pieces(_items(name, before[name]), _items(name, after[name]))
            found.append(FieldDiff(name, label, tuple(pieces), is_list=True))
        else:
            old_text, new_text = _text(before[name]), _text(after[name])
            parts = ([old_text], [new_text]) if name in UNDIVIDED else (list(old_text), list(new_text))
            pieces = [(kind, text) for kind, text in _joined(_pieces(*parts)) if text]
            found.append(FieldDiff(name, label.split("（")[0], tuple(pieces), is_list=False))
    return found


def _pieces(before: list[str], after: list[str]) -> list[tuple[Change, str]]:
    pieces: list[tuple[Change, str]] = []
    for kind, start, end, since, until in SequenceMatcher(a=before, b=after, autojunk=False).get_opcodes():
        if kind == "equal":
            pieces += [("same", item) for item in before[start:end]]
        else:
            pieces += [("removed", item) for item in before[start:end]]
            pieces += [("added", item) for item in after[since:until]]
    return pieces


def _joined(pieces: list[tuple[Change, str]]) -> tuple[tuple[Change, str], ...]:
    """Neighbours of the same kind as one."""
    joined: list[tuple[Change, str]] = []
    for kind, text in pieces:
        if joined and joined[-1][0] == kind:
            joined[-1] = (kind, joined[-1][1] + text)
        else:
            joined.append((kind, text))
    return tuple(joined)


def _items(name: str, value: Any) -> list[str]:
    """A list as a person reads it, an item each: points with the labels of their aspects, details with question and answer."""
    if name == "details":
        return [detail.line() for detail in details_of(value)]
    return point_lines(points_of(value)) if isinstance(value, dict) else [_text(item) for item in value]


def _text(value: Any) -> str:
    """A value as a person reads it: facts line by line, a source in one line."""
    if isinstance(value, dict):
        lines = [_text(item) for item in value.values() if item]
        return "\n".join(lines)
    if isinstance(value, list):
        return "\n".join(str(item) for item in value)
    return "" if value is None else str(value)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value
