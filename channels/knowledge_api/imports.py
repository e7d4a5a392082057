"""Importing a file in two steps, and the whole knowledge base as one file."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response, UploadFile
from fastapi.responses import FileResponse
from starlette.background import BackgroundTask

from channels.knowledge_api.bodies.entries import SignOff
from channels.knowledge_api.bodies.importing import Commit, DocumentFacts, ImportBody, PreviewBody, PublishedCount
from channels.knowledge_api.caller import Desk, form_only, json_only
from channels.knowledge_api.problems import ALWAYS, BODY, NOT_FOUND, PUBLISHING, listed

router = APIRouter(tags=["importing"], responses=ALWAYS)
ZIP = "application/zip"
REFUSED = listed("invalid-request", "invalid-content", "import-refused")
Json = Depends(json_only)


@router.post("/imports", status_code=201, responses=BODY | REFUSED, dependencies=[Depends(form_only)])
def preview_import(
    desk: Desk, file: UploadFile, topic: Annotated[str, Form()], request: Request, response: Response
) -> PreviewBody:
    """Read a file and say what importing it would do; nothing changes. The preview waits for an hour.

    ``topic``: for rows and documents that name none.
    """
    preview = desk.imports.preview(file.filename or "file", file.file.read(), topic)
    response.headers["Location"] = f"{request.url.path}/{preview.token}"
    return PreviewBody.model_validate(preview)


@router.get("/imports/{token}", responses=NOT_FOUND | REFUSED)
def read_import(desk: Desk, token: str) -> PreviewBody:
    """One's own preview, as it would be now."""
    return PreviewBody.model_validate(desk.imports.look(token))


@router.delete("/imports/{token}", status_code=204, responses=REFUSED)
def delete_import(desk: Desk, token: str) -> None:
    """Forget one's own preview."""
    desk.imports.give_up(token)


@router.put("/imports/{token}/documents", responses=NOT_FOUND | BODY | REFUSED, dependencies=[Json])
def describe_import(desk: Desk, token: str, facts: list[DocumentFacts]) -> PreviewBody:
    """What a person says about the documents in it, in their order; the preview once more."""
    given = [one.model_dump(mode="json", exclude_unset=True) for one in facts]
    return PreviewBody.model_validate(desk.imports.describe(token, given))


@router.post("/imports/{token}/commit", responses=NOT_FOUND | BODY | REFUSED, dependencies=[Json])
def commit_import(desk: Desk, token: str, body: Commit | None = None) -> ImportBody:
    """Import all of it as drafts, or nothing. Asked again, it tells what was done and does nothing more."""
    only_valid = body is not None and body.only_valid
    return ImportBody.model_validate(desk.imports.commit(token, only_valid=only_valid))


@router.post("/imports/{token}/publish", responses=NOT_FOUND | BODY | PUBLISHING, dependencies=[Json])
def publish_import(desk: Desk, token: str, body: SignOff | None = None) -> PublishedCount:
    """Put all that a committed import brought in force at once."""
    sign_off = body.sign_off if body is not None else ""
    return PublishedCount(published=desk.imports.publish_import(token, sign_off=sign_off))


@router.get("/export", response_class=FileResponse, responses={200: {"content": {ZIP: {}}}})
def export(desk: Desk) -> FileResponse:
    """Everything as one zip: every status, history, policy documents; `wenzheng knowledge import` reads it."""
    with tempfile.NamedTemporaryFile(suffix=".zip", delete=False) as file:
        path = Path(file.name)
    try:
        desk.imports.export(path)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return FileResponse(path, media_type=ZIP, filename="knowledge.zip", background=BackgroundTask(path.unlink))
