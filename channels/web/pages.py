"""The pages and files of the widget, served as they are, with the headers a public page needs."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import FileResponse, RedirectResponse
from fastapi.staticfiles import StaticFiles

STATIC = Path(__file__).parent / "static"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-cache",
}


def mount(app: FastAPI) -> None:
    """Routes ``/``, ``/embed``, ``/widget.js`` and ``/static``."""

    @app.get("/", include_in_schema=False)
    async def read_index() -> FileResponse:
        """The chat as a whole page."""
        return FileResponse(STATIC / "index.html", headers=HEADERS)

    @app.get("/embed", include_in_schema=False)
    async def read_embed() -> RedirectResponse:
        """An example of a page that embeds the widget."""
        return RedirectResponse("/static/embed.html")

    @app.get("/widget.js", include_in_schema=False)
    async def read_loader() -> FileResponse:
        """The script that other sites include."""
        return FileResponse(
            STATIC / "widget.js",
            media_type="text/javascript",
            headers={"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"},
        )

    app.mount("/static", StaticFiles(directory=STATIC), name="static")
