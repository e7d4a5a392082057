"""The console's cookies: out of reach of scripts and other sites, and over TLS only where there is TLS."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from channels.console.addresses import MOUNT


class Cookies:
    """Sets and takes back cookies; ``secure``: over TLS only, whatever the app itself sees behind a proxy."""

    def __init__(self, *, secure: bool) -> None:
        self._secure = secure

    def set(self, request: Request, response: Response, name: str, value: str, *, seconds: int | None = None) -> None:
        """A cookie for the console alone; without ``seconds`` until the browser is closed."""
        response.set_cookie(
            name,
            value,
            max_age=seconds,
            path=MOUNT,
            httponly=True,
            samesite="lax",
            secure=self._secure or request.url.scheme == "https",
        )

    @staticmethod
    def delete(response: Response, name: str) -> None:
        """Take a cookie back."""
        response.delete_cookie(name, path=MOUNT, httponly=True, samesite="lax")


def redirect(address: str) -> RedirectResponse:
    """To a page, by GET, never from a cache."""
    return RedirectResponse(address, status_code=303, headers={"Cache-Control": "no-store"})
