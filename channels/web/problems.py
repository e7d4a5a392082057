"""Every failure as ``application/problem+json`` (RFC 9457) in the language the request asks for."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from sqlalchemy.exc import DataError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from bot.database import DATABASE_REFUSALS, RETRY_AFTER, refusal_of
from channels.errors import ChannelError
from channels.web.schemas import Problem

logger = logging.getLogger(__name__)
BY_STATUS = {404: "not_found", 405: "method_not_allowed", 413: "request_too_large"}


def locale_of(request: Request) -> str:
    """``en`` where English is asked for first, else ``zh``."""
    return "en" if request.headers.get("accept-language", "").strip().lower().startswith("en") else "zh"


def problem(request: Request, error: ChannelError, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """The response for one failure; ``headers``: what came with it, as ``Allow`` with a 405."""
    body = Problem(
        title=HTTPStatus(error.status).phrase,
        status=error.status,
        detail=error.text(locale_of(request)),
        code=error.code,
    )
    retry = {"Retry-After": str(error.retry_after)} if error.retry_after else {}
    return JSONResponse(body.model_dump(), error.status, {**(headers or {}), **retry}, "application/problem+json")


def _validation_code(error: RequestValidationError) -> str:
    if any(item["type"] == "json_invalid" for item in error.errors()):
        return "invalid_json"
    not_text = any(item["loc"][-1] == "text" and item["type"] == "string_type" for item in error.errors())
    return "not_text" if not_text else "invalid_request"


async def _channel(request: Request, error: Any) -> Response:
    return problem(request, error)


async def _validation(request: Request, error: Any) -> Response:
    return problem(request, ChannelError(_validation_code(error)))


async def _http(request: Request, error: Any) -> Response:
    if isinstance(error.__cause__, ChannelError):  # raised while FastAPI read the body
        return problem(request, error.__cause__)
    code = BY_STATUS.get(error.status_code)
    if code is None:
        body = Problem(title=str(error.detail), status=error.status_code, detail=str(error.detail), code="http")
        return JSONResponse(body.model_dump(), error.status_code, error.headers, "application/problem+json")
    return problem(request, ChannelError(code), error.headers)


async def _gone(_request: Request, _error: Any) -> Response:
    """Nobody reads it; that a client went away in the middle of its request is no error of ours."""
    return Response(status_code=400)


async def _unstorable(request: Request, _error: Any) -> Response:
    """The database knows limits that we did not look for: PostgreSQL takes no NUL, for example."""
    return problem(request, ChannelError("invalid_request"))


async def _storage(request: Request, error: Any) -> Response:
    """The database cannot do it now; said once in the log, without what it was asked."""
    logger.warning("the database refused a request: %s", refusal_of(error), extra={"path": request.url.path})
    return problem(request, ChannelError("storage_unavailable", retry_after=RETRY_AFTER))


async def _unexpected(request: Request, error: Any) -> Response:
    logger.error("unexpected error", exc_info=error, extra={"path": request.url.path})
    return problem(request, ChannelError("unexpected"))


HANDLERS: dict[type[Exception], Callable[[Request, Any], Awaitable[Response]]] = {
    ChannelError: _channel,
    RequestValidationError: _validation,
    HTTPException: _http,
    ClientDisconnect: _gone,
    DataError: _unstorable,
    **dict.fromkeys(DATABASE_REFUSALS, _storage),
    Exception: _unexpected,
}


def install(app: FastAPI) -> None:
    """Register the handlers."""
    for error, handler in HANDLERS.items():
        app.add_exception_handler(error, handler)
