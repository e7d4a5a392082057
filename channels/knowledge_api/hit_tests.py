"""Hit tests: what a question finds and why, kept to compare; and whole files of questions."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response, UploadFile

from channels.knowledge_api.bodies.golden import ReliabilityBody
from channels.knowledge_api.bodies.hit_testing import (
    BulkBody,
    ComparisonBody,
    HitTestBody,
    HitTestLine,
    HitTestList,
    TestedQuestion,
)
from channels.knowledge_api.caller import Desk, form_only, json_only
from channels.knowledge_api.cursor import Paging
from channels.knowledge_api.numbers import Number
from channels.knowledge_api.problems import ALWAYS, BODY, NOT_FOUND, listed

router = APIRouter(tags=["hit tests"], responses=ALWAYS)
REFUSED = listed("invalid-request", "invalid-content", "import-refused", "busy", "unavailable")


@router.post("/hit-tests", status_code=201, responses=BODY, dependencies=[Depends(json_only)])
def make_hit_test(desk: Desk, body: TestedQuestion, request: Request, response: Response) -> HitTestBody:
    """All that search finds for a question in a region on a day; the test is kept."""
    tests = desk.hit_tests
    region = tests.here if body.region is None else body.region
    number, report = tests.test(body.question, region, body.on.isoformat() if body.on else "")
    response.headers["Location"] = f"{request.url.path}/{number}"
    return HitTestBody(id=number, report=report)


@router.get("/hit-tests")
def list_hit_tests(desk: Desk, page: Paging) -> HitTestList:
    """Tests that were made, newest first."""
    (before,) = page.after("hit-tests", (int,)) or (None,)
    found = desk.hit_tests.history(limit=page.limit + 1, before=None if before is None else int(before)).tests
    shown = [HitTestLine.model_validate(one) for one in found[: page.limit]]
    following = page.next_page("hit-tests", (shown[-1].id,)) if len(found) > page.limit else None
    return HitTestList(items=shown, next=following)


@router.get("/hit-tests/{test_id}", responses=NOT_FOUND)
def compare_hit_test(desk: Desk, test_id: Number) -> ComparisonBody:
    """A test of then beside the same of now."""
    return ComparisonBody.model_validate(desk.hit_tests.compare(test_id)[1])


@router.post("/hit-tests/bulk", responses=BODY | REFUSED, dependencies=[Depends(form_only)])
def bulk_hit_test(
    desk: Desk, file: UploadFile, region: Annotated[str | None, Form()] = None, on: Annotated[str, Form()] = ""
) -> BulkBody:
    """Ask every question of a file (csv, xlsx, txt), which may name the entry it expects; nothing is kept."""
    tests = desk.hit_tests
    where = tests.here if region is None else region
    return BulkBody.of(tests.bulk(file.filename or "file", file.file.read(), where, on))


@router.get("/reliability")
def read_reliability(desk: Desk) -> ReliabilityBody:
    """How probable the best hits of golden questions are said to be, beside how often they are right."""
    return ReliabilityBody.model_validate(desk.hit_tests.reliability())
