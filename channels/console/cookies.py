"""The console's cookies: out of reach of scripts and other sites, and over TLS only where there is TLS."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from starlette.requests import HTTPConnection

from channels.console.addresses import MOUNT

HOST_PREFIX = "__Host-"


class Cookies:
    """Sets, reads and takes back cookies; ``secure``: over TLS only, whatever the app itself sees behind a proxy.

    Over TLS their names begin with ``__Host-``: browsers take such a cookie from this host alone, so no other site of the
    same domain can plant one. That takes the path ``/``.
    """

    def __init__(self, *, secure: bool) -> None:
        self._secure = secure

    def get(self, request: HTTPConnection, name: str) -> str:
        """What the browser sent; empty where it sent none."""
        return request.cookies.get(self._called(request, name), "")

    def set(self, request: Request, response: Response, name: str, value: str, *, seconds: int | None = None) -> None:
        """A cookie for the console alone; without ``seconds`` until the browser is closed."""
        secure = self._tls(request)
        response.set_cookie(
            self._called(request, name),
            value,
            max_age=seconds,
            path="/" if secure else MOUNT,
            httponly=True,
            samesite="lax",
            secure=secure,
        )

    def delete(self, request: Request, response: Response, name: str) -> None:
        """Take a cookie back."""
        secure = self._tls(request)
        called, path = self._called(request, name), "/" if secure else MOUNT
        response.delete_cookie(called, path=path, httponly=True, samesite="lax", secure=secure)

    def _tls(self, request: HTTPConnection) -> bool:
        return self._secure or request.url.scheme in {"https", "wss"}

    def _called(self, request: HTTPConnection, name: str) -> str:
        return HOST_PREFIX + name if self._tls(request) else name


def redirect(address: str) -> RedirectResponse:
    """To a page, by GET, never from a cache."""
    return RedirectResponse(address, status_code=303, headers={"Cache-Control": "no-store"})
