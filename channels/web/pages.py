"""The pages and files of the widget, served as they are, with the headers a public page needs."""

from __future__ import annotations

import os
from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import FileResponse, RedirectResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Scope

STATIC = Path(__file__).parent / "static"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
EVERY_FILE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-cache",
}
HEADERS = EVERY_FILE | {
    "Content-Security-Policy": POLICY,
    "X-Frame-Options": "SAMEORIGIN",
    "Cross-Origin-Resource-Policy": "same-origin",
}
# Scripts and styles of the widget are loaded by pages of other sites.
EMBEDDED = EVERY_FILE | {"Cross-Origin-Resource-Policy": "cross-origin"}
READ = ["GET", "HEAD"]


class WidgetFiles(StaticFiles):
    """The files under ``/static``: pages with the policy of pages, everything else for other sites to embed."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """One file; an address that can be no file's is not found."""
        if "\0" in path:
            raise HTTPException(404)
        return await super().get_response(path, scope)

    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        """The file, with its headers."""
        response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers.update(HEADERS if Path(full_path).suffix == ".html" else EMBEDDED)
        return response


def mount(app: FastAPI) -> None:
    """Routes ``/``, ``/embed``, ``/widget.js`` and ``/static``."""

    @app.api_route("/", methods=READ, include_in_schema=False)
    async def read_index() -> FileResponse:
        """The chat as a whole page."""
        return FileResponse(STATIC / "index.html", headers=HEADERS)

    @app.api_route("/embed", methods=READ, include_in_schema=False)
    async def read_embed() -> RedirectResponse:
        """An example of a page that embeds the widget."""
        return RedirectResponse("/static/embed.html")

    @app.api_route("/widget.js", methods=READ, include_in_schema=False)
    async def read_loader() -> FileResponse:
        """The script that other sites include."""
        return FileResponse(STATIC / "widget.js", media_type="text/javascript", headers=EMBEDDED)

    app.mount("/static", WidgetFiles(directory=STATIC), name="static")
