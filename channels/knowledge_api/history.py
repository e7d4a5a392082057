"""The history of an entry: its revisions, and what differs between two of them."""

from __future__ import annotations

from fastapi import APIRouter

from channels.knowledge_api.bodies.history import FieldDifference, Piece, RevisionBody, RevisionLine, RevisionList
from channels.knowledge_api.caller import Desk
from channels.knowledge_api.cursor import Paging
from channels.knowledge_api.numbers import Number, Version
from channels.knowledge_api.problems import ALWAYS, NOT_FOUND
from knowledge_base.lifecycle import RevisionNotFound
from knowledge_base.revisions import form_in

router = APIRouter(prefix="/entries/{entry_id}", tags=["history"], responses=ALWAYS | NOT_FOUND)


@router.get("/revisions")
def list_revisions(desk: Desk, entry_id: str, page: Paging) -> RevisionList:
    """Every step since the entry began, newest first."""
    shown, following = page.cut("revisions", desk.history(entry_id), lambda one: (-one.version,), (int,))
    return RevisionList(items=[RevisionLine.of(one) for one in shown], next=following)


@router.get("/revisions/{version}")
def read_revision(desk: Desk, entry_id: str, version: Number) -> RevisionBody:
    """One step with the text as it then was."""
    for one in desk.history(entry_id):
        if one.version == version:
            return RevisionBody(**RevisionLine.of(one).model_dump(), form=form_in(one.snapshot))
    raise RevisionNotFound(version)


@router.get("/diff")
def compare(desk: Desk, entry_id: str, old: Version, new: Version) -> list[FieldDifference]:
    """The fields that differ between two versions."""
    return [
        FieldDifference(
            field=one.field,
            label=one.label,
            is_list=one.is_list,
            pieces=[Piece(change=change, text=text) for change, text in one.pieces],
        )
        for one in desk.diff(entry_id, old, new)
    ]
