"""Every refusal of the knowledge API as ``application/problem+json`` (RFC 9457), in Chinese."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from sqlalchemy.exc import DataError
from starlette.exceptions import HTTPException

from bot.database import DATABASE_REFUSALS, RETRY_AFTER, refusal_of
from bot.security.errors import PermissionDenied, SecurityError, TokenRefused, TooManyAttempts
from channels.errors import ChannelError
from channels.knowledge_api.validation import wrong_fields
from knowledge_base.documents import DocumentNotFound
from knowledge_base.golden.gate import Change, GoldenSetDrop
from knowledge_base.hit_testing.bulk import BulkTestRunning
from knowledge_base.hit_testing.history import HitTestNotFound
from knowledge_base.importing.parts import ImportProblem
from knowledge_base.importing.staging import PreviewGone
from knowledge_base.lifecycle import (
    EntryNotFound,
    FourEyes,
    IllegalStatusChange,
    KnowledgeError,
    RevisionNotFound,
    VersionConflict,
)
from knowledge_base.vocabulary.terms import TermNotFound

logger = logging.getLogger(__name__)
BASE = "/api/knowledge/problems"
MEDIA_TYPE = "application/problem+json"
CHALLENGE = 'Bearer realm="wenzheng"'
# The first that fits counts; what is not here is an error of ours.
BY_ERROR: tuple[tuple[type[Exception], str], ...] = (
    (TooManyAttempts, "too-many-attempts"),
    (TokenRefused, "token-refused"),
    (PermissionDenied, "not-permitted"),
    (SecurityError, "not-permitted"),
    (FourEyes, "four-eyes"),
    (EntryNotFound, "not-found"),
    (DocumentNotFound, "not-found"),
    (RevisionNotFound, "not-found"),
    (PreviewGone, "not-found"),
    (HitTestNotFound, "not-found"),
    (TermNotFound, "not-found"),
    (BulkTestRunning, "busy"),
    (VersionConflict, "version-conflict"),
    (GoldenSetDrop, "golden-set-drop"),
    (IllegalStatusChange, "status-conflict"),
    (ImportProblem, "import-refused"),
    (KnowledgeError, "invalid-content"),
)
BY_STATUS = {400: "malformed-body", 404: "not-found", 405: "method-not-allowed", 413: "too-large"}
UNSTORABLE = "有内容太长，或者有不能保存的字符，没有保存"
UNAVAILABLE = "暂时连不上数据库，没有保存，请稍后再试"


class Wrong(BaseModel):
    """One value that is wrong: where it is in the body (a JSON pointer), or which parameter it is, and why."""

    pointer: str | None = Field(None, examples=["#/similar/0"])
    parameter: str | None = Field(None, examples=["limit"])
    detail: str


class GoldenChange(BaseModel):
    """A golden question that would get another answer: how it stands now, and how it would stand."""

    question: str
    entry_id: str
    before: str
    after: str

    @classmethod
    def of(cls, change: Change) -> GoldenChange:
        """One question."""
        before, after = change.before.name.lower(), change.after.name.lower()
        return cls(question=change.question, entry_id=change.entry_id, before=before, after=after)


class ProblemBody(BaseModel):
    """A refusal (RFC 9457). Programs decide by ``type``; ``detail`` is for people."""

    type: str = Field(examples=[f"{BASE}/version-conflict"])
    title: str
    status: int
    detail: str
    errors: list[Wrong] | None = None
    worse: list[GoldenChange] | None = None
    current: str | None = Field(None, description="The present ETag, where the given one is not it.")


class Kind(BaseModel):
    """A kind of refusal: its status and what it means."""

    status: int
    title: str
    means: str


@lru_cache(maxsize=1)
def kinds() -> dict[str, Kind]:
    """Every kind of refusal by its name."""
    data = yaml.safe_load((Path(__file__).parent / "problems.yml").read_text(encoding="utf-8"))
    return {name: Kind.model_validate(one) for name, one in data.items()}


class ApiProblem(Exception):
    """A refusal by the API itself; ``members`` are further members of its body."""

    def __init__(
        self, kind: str, detail: str = "", *, headers: Mapping[str, str] | None = None, **members: object
    ) -> None:
        super().__init__(detail or kinds()[kind].means)
        self.kind = kind
        self.headers = dict(headers or {})
        self.members = members


def wrong_parameter(name: str, detail: str) -> ApiProblem:
    """A refusal of one parameter of the address."""
    return ApiProblem("invalid-request", detail, errors=[{"parameter": name, "detail": detail}])


def response(error: Exception) -> JSONResponse:
    """The answer for any failure."""
    known = _known(error)
    if known is None:
        logger.error("unexpected error in the knowledge API", exc_info=error)
        known = ApiProblem("unexpected", "系统出了点问题，已经记录下来，请稍后再试")
    kind = kinds()[known.kind]
    body = {"type": f"{BASE}/{known.kind}", "title": kind.title, "status": kind.status, "detail": str(known)}
    return JSONResponse(body | known.members, kind.status, known.headers, MEDIA_TYPE)


def _known(error: Exception) -> ApiProblem | None:
    if isinstance(error, ApiProblem):
        return error
    if isinstance(error, RequestValidationError):
        return _invalid(error.errors())
    if isinstance(error, HTTPException):
        return _http(error)
    if isinstance(error, DATABASE_REFUSALS):
        logger.warning("the database refused a request to the knowledge API: %s", refusal_of(error))
        return ApiProblem("unavailable", UNAVAILABLE, headers={"Retry-After": str(RETRY_AFTER)})
    if isinstance(error, DataError):  # the database knows limits that we did not look for, and said so
        return ApiProblem("invalid-content", UNSTORABLE)
    for known, kind in BY_ERROR:
        if isinstance(error, known):
            return ApiProblem(kind, str(error), headers=_headers(error), **_members(error))
    return None


def _headers(error: Exception) -> dict[str, str]:
    if isinstance(error, TooManyAttempts):
        return {"Retry-After": str(error.minutes * 60)}
    if isinstance(error, BulkTestRunning):
        return {"Retry-After": str(RETRY_AFTER)}
    return {"WWW-Authenticate": CHALLENGE} if isinstance(error, TokenRefused) else {}


def _members(error: Exception) -> dict[str, Any]:
    if not isinstance(error, GoldenSetDrop):
        return {}
    worse = [GoldenChange.of(one).model_dump() for one in error.report.worse]
    return {"worse": worse}


def _invalid(errors: Sequence[Mapping[str, Any]]) -> ApiProblem:
    if any(one["type"] == "json_invalid" for one in errors):
        return ApiProblem("malformed-body")
    return ApiProblem("invalid-request", "有内容不对，没有保存", errors=wrong_fields(errors))


def _http(error: HTTPException) -> ApiProblem:
    if isinstance(error.__cause__, ChannelError):  # the body was too large while FastAPI read it
        return ApiProblem(BY_STATUS.get(error.__cause__.status, "malformed-body"))
    return ApiProblem(BY_STATUS.get(error.status_code, "malformed-body"), headers=dict(error.headers or {}))


def install(app: FastAPI) -> None:
    """Answer every failure of the app as a problem."""

    async def answer(_request: Request, error: Exception) -> JSONResponse:
        return response(error)

    errors = (ApiProblem, SecurityError, KnowledgeError, RequestValidationError, HTTPException, ChannelError)
    for one in (*errors, DataError, *DATABASE_REFUSALS, Exception):
        app.add_exception_handler(one, answer)


def listed(*names: str) -> dict[int | str, dict[str, Any]]:
    """What a route may be refused for, for OpenAPI; kinds of one status are one response."""
    by_status: dict[int | str, list[str]] = {}
    for name in names:
        by_status.setdefault(kinds()[name].status, []).append(name)
    return {
        status: {
            "description": "；".join(f"{kinds()[name].title}（`{name}`）" for name in found),
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemBody"}}},
        }
        for status, found in by_status.items()
    }


# What every route with a token may be refused for.
ALWAYS = listed(
    "token-refused",
    "not-permitted",
    "invalid-request",
    "invalid-content",
    "too-many-attempts",
    "unexpected",
    "unavailable",
)
NOT_FOUND = listed("not-found")
BODY = listed("malformed-body", "too-large", "media-type")
GUARDED = listed("status-conflict", "version-conflict", "version-needed")
PUBLISHING = listed("not-permitted", "four-eyes") | listed("status-conflict", "golden-set-drop")
