"""The vocabulary in an export, and back: terms are known by their words, for the numbers of rows mean nothing elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge_base.vocabulary.models import VocabularyTerm
from knowledge_base.vocabulary.terms import TermForm, claimed, form_of, live_columns, revision_of

SAID = ("kind", "words", "official", "note", "live")


def exported(session: Session) -> list[dict[str, Any]]:
    """What each term says, one row a term."""
    rows = session.scalars(select(VocabularyTerm).order_by(VocabularyTerm.id))
    return [{name: getattr(row, name) for name in SAID} for row in rows]


def bring(session: Session, kept: Iterable[Mapping[str, Any]], *, actor: str) -> int:
    """Make the terms as a file has them; a term that shares a word is overwritten. How many changed. Raises InvalidEntry."""
    known = list(session.scalars(select(VocabularyTerm).order_by(VocabularyTerm.id)))
    changed = 0
    for one in kept:
        form = TermForm.parse({name: one.get(name) for name in SAID if name != "live"})
        live = _live(one.get("live"))
        row = next((row for row in known if claimed(form, [row])), None)
        if row is None:
            row = VocabularyTerm(version=0)
            session.add(row)
            known.append(row)
        elif form_of(row) == form and row.live == live:
            continue
        row.kind, row.words, row.official, row.note = form.kind, list(form.words), form.official, form.note
        row.live, row.version, row.updated_by, row.content_by = live, row.version + 1, actor, ""
        session.flush()
        session.add(revision_of(row, "import", actor))
        changed += 1
    return changed


def _live(kept: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return live_columns(TermForm.parse(kept)) if kept else None
