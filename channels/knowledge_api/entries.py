"""Entries: listed, read, written, and what the steps of their review do."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body, Depends, Query, Request, Response

from channels.knowledge_api.bodies.entries import (
    FORM_EXAMPLE,
    EntryBody,
    EntryLine,
    EntryList,
    ExpiringList,
    Restore,
    Return,
    SignOff,
)
from channels.knowledge_api.caller import Desk, json_only
from channels.knowledge_api.cursor import Paging
from channels.knowledge_api.numbers import LARGEST
from channels.knowledge_api.preconditions import Expected, known_already, told, unchanged
from channels.knowledge_api.problems import ALWAYS, BODY, GUARDED, NOT_FOUND, PUBLISHING
from knowledge_base.entry_form import EntryForm
from knowledge_base.lifecycle import EntryStatus
from knowledge_base.models import Entry

router = APIRouter(tags=["entries"], responses=ALWAYS, dependencies=[Depends(json_only)])
Form = Annotated[EntryForm, Body(openapi_examples={"entry": {"value": FORM_EXAMPLE}})]
CHANGES = NOT_FOUND | BODY | GUARDED
PUBLISHES = CHANGES | PUBLISHING


@router.get("/entries")
def list_entries(
    desk: Desk,
    page: Paging,
    query: Annotated[str, Query(max_length=200, description="In title, question, answer or phrasings.")] = "",
    status: Annotated[EntryStatus | None, Query(description="Also of a waiting change.")] = None,
    topic: Annotated[str, Query(max_length=40)] = "",
) -> EntryList:
    """A page of the entries, in the order of their ids."""
    (after,) = page.after("entries", (str,)) or ("",)
    found = desk.entries(query=query, status=status or "", topic=topic, limit=page.limit + 1, after=str(after))
    shown = found.entries[: page.limit]
    more = len(found.entries) > page.limit
    return EntryList(
        items=[EntryLine.of(one) for one in shown],
        total=found.total,
        next=page.next_page("entries", (shown[-1].id,)) if more else None,
    )


@router.get("/expiring")
def list_expiring(desk: Desk, page: Paging) -> ExpiringList:
    """What citizens get now and will not get any more in 30 days, the next first."""
    shown, following = page.cut("expiring", desk.expiring(), lambda one: (f"{one.expires}", one.id), (str, str))
    return ExpiringList(items=[EntryLine.of(one) for one in shown], next=following)


@router.post("/entries", status_code=201, responses=NOT_FOUND | BODY)
def create_entry(
    desk: Desk,
    form: Form,
    request: Request,
    response: Response,
    unresolved: Annotated[
        int | None, Query(ge=1, le=LARGEST, description="The unresolved question that this is to answer.")
    ] = None,
) -> EntryBody:
    """A new draft."""
    entry = desk.create_entry(form, unresolved_id=unresolved)
    response.headers["Location"] = f"{request.url.path}/{entry.id}"
    return _full(entry, response)


@router.get("/entries/{entry_id}", responses={**NOT_FOUND, 304: {"description": "If-None-Match: nothing new."}})
def read_entry(desk: Desk, entry_id: str, request: Request, response: Response) -> EntryBody:
    """One entry with its ETag."""
    entry = desk.entry(entry_id)
    body = _full(entry, response)
    if known_already(request, entry.version):
        response.status_code = 304
    return body


@router.put("/entries/{entry_id}", responses=CHANGES)
def replace_entry(desk: Desk, entry_id: str, form: Form, expected: Expected, response: Response) -> EntryBody:
    """Other content: as a draft, or beside a published text as a change that waits."""
    with unchanged(lambda: desk.entry(entry_id).version):
        return _full(desk.save_entry(entry_id, form, expected_version=expected), response)


@router.post("/entries/{entry_id}/submit", responses=CHANGES)
def submit(desk: Desk, entry_id: str, expected: Expected, response: Response) -> EntryBody:
    """Ask for a review."""
    with unchanged(lambda: desk.entry(entry_id).version):
        return _full(desk.submit(entry_id, expected_version=expected), response)


@router.post("/entries/{entry_id}/return", responses=CHANGES)
def send_back(desk: Desk, entry_id: str, body: Return, expected: Expected, response: Response) -> EntryBody:
    """What was submitted needs work, for this reason."""
    with unchanged(lambda: desk.entry(entry_id).version):
        return _full(desk.send_back(entry_id, body.reason, expected_version=expected), response)


@router.post("/entries/{entry_id}/publish", responses=PUBLISHES)
def publish(
    desk: Desk, entry_id: str, expected: Expected, response: Response, body: SignOff | None = None
) -> EntryBody:
    """Citizens get it from the next question on."""
    with unchanged(lambda: desk.entry(entry_id).version):
        return _full(desk.publish(entry_id, expected_version=expected, sign_off=_reason(body)), response)


@router.post("/entries/{entry_id}/discard", responses=CHANGES)
def discard(desk: Desk, entry_id: str, expected: Expected, response: Response) -> EntryBody:
    """Give up the change that waits; what is published stays."""
    with unchanged(lambda: desk.entry(entry_id).version):
        return _full(desk.discard(entry_id, expected_version=expected), response)


@router.post("/entries/{entry_id}/retire", responses=PUBLISHES)
def retire(desk: Desk, entry_id: str, expected: Expected, response: Response, body: SignOff | None = None) -> EntryBody:
    """Nobody gets it any more."""
    with unchanged(lambda: desk.entry(entry_id).version):
        return _full(desk.retire(entry_id, expected_version=expected, sign_off=_reason(body)), response)


@router.post("/entries/{entry_id}/reopen", responses=CHANGES)
def reopen(desk: Desk, entry_id: str, expected: Expected, response: Response) -> EntryBody:
    """Make a retired entry a draft again."""
    with unchanged(lambda: desk.entry(entry_id).version):
        return _full(desk.reopen(entry_id, expected_version=expected), response)


@router.post("/entries/{entry_id}/restore", responses=CHANGES)
def restore(desk: Desk, entry_id: str, body: Restore, expected: Expected, response: Response) -> EntryBody:
    """Bring an old text back as a draft, or as a change that waits."""
    with unchanged(lambda: desk.entry(entry_id).version):
        return _full(desk.restore(entry_id, body.version, expected_version=expected), response)


def _full(entry: Entry, response: Response) -> EntryBody:
    told(response, entry.version)
    return EntryBody.of(entry)


def _reason(body: SignOff | None) -> str:
    return body.sign_off if body is not None else ""
