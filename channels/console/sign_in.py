"""The two forms that change who is signed in. Plain HTTP posts, so that cookies can be HttpOnly.

Closed against cross-site requests by SameSite cookies and by the browser's own word on where a form was sent from;
against session fixation by a fresh token at every sign-in, with the old one revoked.
"""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from bot.security.accounts import AccountService
from bot.security.errors import SignInRefused, TooManyAttempts
from channels.console.addresses import MOUNT, SESSION_COOKIE, SIGN_IN_FORM, SIGN_OUT_FORM, login_address, safe_next

MAX_FORM = 8192
MAX_FIELDS = 8
ELSEWHERE = "这个请求不是从工作台页面发出的，没有执行。请回到工作台再试。"


def create_router(accounts: AccountService, *, secure: bool) -> APIRouter:
    """Routes of signing in and out; ``secure`` makes the cookie travel over TLS only, whatever the app itself sees."""
    router = APIRouter(include_in_schema=False)

    @router.post(SIGN_IN_FORM)
    async def sign_in(request: Request) -> Response:
        if not same_origin(request):
            return PlainTextResponse(ELSEWHERE, status_code=403)
        form = await _form(request)
        next_ = safe_next(form.get("next", ""))
        try:
            token = await run_in_threadpool(_signed_in, accounts, request, form)
        except SignInRefused:
            return _redirect(login_address(next_, why="refused"))
        except TooManyAttempts as error:
            return _redirect(login_address(next_, why="too_many", minutes=str(error.minutes)))
        response = _redirect(next_)
        response.set_cookie(
            SESSION_COOKIE,
            token,
            path=MOUNT,
            httponly=True,
            samesite="lax",
            secure=secure or request.url.scheme == "https",
        )
        return response

    @router.post(SIGN_OUT_FORM)
    async def sign_out(request: Request) -> Response:
        if not same_origin(request):
            return PlainTextResponse(ELSEWHERE, status_code=403)
        await run_in_threadpool(accounts.close_session, request.cookies.get(SESSION_COOKIE, ""))
        response = _redirect(login_address(why="bye"))
        response.delete_cookie(SESSION_COOKIE, path=MOUNT, httponly=True, samesite="lax")
        return response

    return router


def same_origin(request: Request) -> bool:
    """Whether a form came from our own page. Browsers always say where a post comes from; other programs need not."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


def _signed_in(accounts: AccountService, request: Request, form: dict[str, str]) -> str:
    address = request.client.host if request.client else ""
    principal = accounts.authenticate(form.get("username", ""), form.get("password", ""), address=address)
    accounts.close_session(request.cookies.get(SESSION_COOKIE, ""))
    return accounts.open_session(principal)


async def _form(request: Request) -> dict[str, str]:
    """The form's fields; a body that is too long or no form has none, and so signs nobody in."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_FORM:
            return {}
    try:
        return dict(parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=MAX_FIELDS))
    except ValueError:
        return {}


def _redirect(address: str) -> RedirectResponse:
    return RedirectResponse(address, status_code=303, headers={"Cache-Control": "no-store"})
