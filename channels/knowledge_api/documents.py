"""Policy documents: listed, read, published and retired whole, ended by their successor."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request, Response

from channels.console.desk import ConsoleDesk
from channels.knowledge_api.bodies.documents import DocumentBody, DocumentLine, DocumentList, Successor
from channels.knowledge_api.bodies.entries import EntryLine, SignOff
from channels.knowledge_api.caller import Desk, json_only
from channels.knowledge_api.cursor import Paging
from channels.knowledge_api.preconditions import Expected, known_already, told, unchanged
from channels.knowledge_api.problems import ALWAYS, BODY, GUARDED, NOT_FOUND, PUBLISHING

router = APIRouter(tags=["documents"], responses=ALWAYS, dependencies=[Depends(json_only)])
PUBLISHES = NOT_FOUND | BODY | GUARDED | PUBLISHING


@router.get("/documents")
def list_documents(desk: Desk, page: Paging) -> DocumentList:
    """A page of the policy documents, in the order of their ids."""
    shown, following = page.cut("documents", desk.imports.documents(), lambda one: (one.document.id,), (str,))
    return DocumentList(items=[DocumentLine.of(one) for one in shown], next=following)


@router.get("/documents/{document_id}", responses={**NOT_FOUND, 304: {"description": "If-None-Match: nothing new."}})
def read_document(desk: Desk, document_id: str, request: Request, response: Response) -> DocumentBody:
    """One document with its passages; its ETag changes with each of them."""
    body, state = _full(desk, document_id, response)
    if known_already(request, state):
        response.status_code = 304
    return body


@router.post("/documents/{document_id}/publish", responses=PUBLISHES)
def publish_document(
    desk: Desk, document_id: str, expected: Expected, response: Response, body: SignOff | None = None
) -> DocumentBody:
    """Put the newest text in force, all passages at once."""
    sign_off = body.sign_off if body is not None else ""
    with unchanged(lambda: _state(desk, document_id)):
        desk.imports.publish_document(document_id, sign_off=sign_off, expected_state=expected)
    return _full(desk, document_id, response)[0]


@router.post("/documents/{document_id}/retire", responses=PUBLISHES)
def retire_document(
    desk: Desk, document_id: str, expected: Expected, response: Response, body: SignOff | None = None
) -> DocumentBody:
    """Nobody gets answers from it any more."""
    sign_off = body.sign_off if body is not None else ""
    with unchanged(lambda: _state(desk, document_id)):
        desk.imports.retire_document(document_id, sign_off=sign_off, expected_state=expected)
    return _full(desk, document_id, response)[0]


@router.post("/documents/{document_id}/supersede", responses=PUBLISHES)
def supersede_document(
    desk: Desk, document_id: str, body: Successor, expected: Expected, response: Response
) -> DocumentBody:
    """Let it end on the day its successor comes into force."""
    with unchanged(lambda: _state(desk, document_id)):
        desk.imports.supersede_document(document_id, body.successor_id, sign_off=body.sign_off, expected_state=expected)
    return _full(desk, document_id, response)[0]


def _state(desk: ConsoleDesk, document_id: str) -> int:
    return desk.imports.document(document_id)[0].state


def _full(desk: ConsoleDesk, document_id: str, response: Response) -> tuple[DocumentBody, int]:
    view, passages = desk.imports.document(document_id)
    told(response, view.state)
    body = DocumentBody(**DocumentLine.of(view).model_dump(), entries=[EntryLine.of(one) for one in passages])
    return body, view.state
