"""How entries are used: counters, nothing about persons."""

from __future__ import annotations

from fastapi import APIRouter

from channels.knowledge_api.bodies.use import UseBody, UseListsBody
from channels.knowledge_api.caller import Desk
from channels.knowledge_api.problems import ALWAYS, NOT_FOUND

router = APIRouter(tags=["use"], responses=ALWAYS)


@router.get("/use")
def list_use(desk: Desk) -> UseListsBody:
    """Unused, badly rated and most used entries, the first hundred of each."""
    return UseListsBody.model_validate(desk.use.lists())


@router.get("/entries/{entry_id}/use", responses=NOT_FOUND)
def read_use(desk: Desk, entry_id: str) -> UseBody:
    """How one entry is used."""
    desk.entry(entry_id)
    return UseBody.model_validate(desk.use.of_entry(entry_id))
