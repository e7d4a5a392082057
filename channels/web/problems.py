"""Every failure as ``application/problem+json`` (RFC 9457) in the language the request asks for."""

from __future__ import annotations

import logging
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from channels.errors import ChannelError
from channels.web.schemas import Problem

logger = logging.getLogger(__name__)
BY_STATUS = {404: "not_found", 405: "method_not_allowed", 413: "request_too_large"}


def locale_of(request: Request) -> str:
    """``en`` where English is asked for first, else ``zh``."""
    return "en" if request.headers.get("accept-language", "").strip().lower().startswith("en") else "zh"


def problem(request: Request, error: ChannelError) -> JSONResponse:
    """The response for one failure."""
    body = Problem(
        title=HTTPStatus(error.status).phrase,
        status=error.status,
        detail=error.text(locale_of(request)),
        code=error.code,
    )
    headers = {"Retry-After": str(error.retry_after)} if error.retry_after else None
    return JSONResponse(body.model_dump(), error.status, headers, "application/problem+json")


def install(app: FastAPI) -> None:
    """Register the handlers."""

    @app.exception_handler(ChannelError)
    async def _channel(request: Request, error: ChannelError) -> JSONResponse:
        return problem(request, error)

    @app.exception_handler(RequestValidationError)
    async def _validation(request: Request, error: RequestValidationError) -> JSONResponse:
        broken = any(item["type"] == "json_invalid" for item in error.errors())
        not_text = any(item["loc"][-1] == "text" and item["type"] == "string_type" for item in error.errors())
        code = "invalid_json" if broken else "not_text" if not_text else "invalid_request"
        return problem(request, ChannelError(code))

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> JSONResponse:
        if isinstance(error.__cause__, ChannelError):  # raised while FastAPI read the body
            return problem(request, error.__cause__)
        code = BY_STATUS.get(error.status_code)
        if code is None:
            body = Problem(title=str(error.detail), status=error.status_code, detail=str(error.detail), code="http")
            return JSONResponse(body.model_dump(), error.status_code, media_type="application/problem+json")
        return problem(request, ChannelError(code))

    @app.exception_handler(Exception)
    async def _unexpected(request: Request, error: Exception) -> JSONResponse:
        logger.error("unexpected error", exc_info=error, extra={"path": request.url.path})
        return problem(request, ChannelError("unexpected"))
