"""Pages of the console without NiceGUI, which keeps a page in memory for everybody who opens one: for strangers, and
for when nothing else works.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from functools import wraps
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse, Response

from bot.database import DATABASE_REFUSALS, RETRY_AFTER, refusal_of
from channels.console.addresses import MOUNT

logger = logging.getLogger(__name__)
FOLDER = Path(__file__).parent / "plain"
TEMPLATES = Environment(loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined)
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": POLICY,
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}
Handler = Callable[..., Awaitable[Response]]


def page(
    name: str, title: str, heading: str, note: str, values: dict[str, str], *, status: int = 200, retry_after: int = 0
) -> HTMLResponse:
    """The page made from ``plain/NAME.html``; every value is put into it as text."""
    body = TEMPLATES.get_template(f"{name}.html").render(values, mount=MOUNT, title=title, heading=heading, note=note)
    retry = {"Retry-After": str(retry_after)} if retry_after else {}
    return HTMLResponse(body, status, HEADERS | retry)


def busy(connection: HTTPConnection, error: BaseException) -> HTMLResponse:
    """What is shown where the database refuses; said once in the log."""
    logger.warning("the database refused a request of the console: %s", refusal_of(error))
    again = connection.url.path if connection.scope.get("method") == "GET" else f"{MOUNT}/"
    return page("busy", "请稍后再试", "请稍后再试", "问政工作台", {"again": again}, status=503, retry_after=RETRY_AFTER)


def busy_where_refused(handler: Handler) -> Handler:
    """A route's handler (its first argument is the request) that shows the page where the database refuses."""

    @wraps(handler)
    async def safe(request: Any, *arguments: Any, **options: Any) -> Response:
        try:
            return await handler(request, *arguments, **options)
        except DATABASE_REFUSALS as error:
            return busy(request, error)

    return safe
