"""The forms that change who is signed in. Plain HTTP posts, so that cookies can be HttpOnly.

Closed against cross-site requests by SameSite cookies and by the browser's own word on where a form was sent from;
against session fixation by a fresh token at every sign-in, with the old one revoked.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import parse_qsl, urlsplit

import anyio
from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection

from bot.security.accounts import AccountService
from bot.security.errors import SecondFactorNeeded, SecondStepOver, SignInRefused, TooBusy, TooManyAttempts, WrongCode
from bot.security.known_browsers import LIFETIME
from bot.security.second_factor import SECOND_STEP_SECONDS
from channels.console.addresses import (
    CODE_FORM,
    KNOWN_COOKIE,
    LOGIN_CODE,
    SECOND_STEP_COOKIE,
    SESSION_COOKIE,
    SIGN_IN_FORM,
    SIGN_OUT_FORM,
    login_address,
    safe_next,
)
from channels.console.browsers import browser_name
from channels.console.cookies import Cookies, redirect
from channels.console.plain_pages import busy_where_refused
from channels.rate_limit import address_of

MAX_FORM = 8192
MAX_FIELDS = 8
# Seconds until a wrong password is answered: longer than looking it up and verifying it takes, whoever it was.
REFUSE_AFTER = 0.5
THREADS = 20
ELSEWHERE = "这个请求不是从工作台页面发出的，没有执行。请回到工作台再试。"
Handler = Callable[[Request], Awaitable[Response]]


def create_router(accounts: AccountService, *, secure: bool, refuse_after: float = REFUSE_AFTER) -> APIRouter:
    """Routes of signing in and out; ``secure`` makes the cookie travel over TLS only, whatever the app itself sees."""
    router = APIRouter(include_in_schema=False)
    forms = SignInForms(accounts, Cookies(secure=secure), refuse_after)
    for path, handler in [(SIGN_IN_FORM, forms.password), (CODE_FORM, forms.code), (SIGN_OUT_FORM, forms.sign_out)]:
        router.add_api_route(path, busy_where_refused(_from_our_pages(handler)), methods=["POST"])
    return router


class SignInForms:
    """One method a form."""

    def __init__(self, accounts: AccountService, cookies: Cookies, refuse_after: float) -> None:
        self._accounts = accounts
        self._cookies = cookies
        self._refuse_after = refuse_after
        # Threads of their own: however many sign in at once, other pages have theirs.
        self._threads = CapacityLimiter(THREADS)

    async def password(self, request: Request) -> Response:
        """Name and password: signed in, or asked for the code of the second factor."""
        begun = anyio.current_time()
        form = await _form(request)
        next_ = safe_next(form.get("next", ""))
        try:
            token, note, known = await to_thread.run_sync(self._with_password, request, form, limiter=self._threads)
        except SignInRefused:
            # At the same moment whether or not the name exists, and however its password is kept.
            await anyio.sleep_until(begun + self._refuse_after)
            return redirect(login_address(next_, why="refused"))
        except (TooManyAttempts, TooBusy) as error:
            return redirect(login_address(next_, **_later(error)))
        if note:
            response = redirect(login_address(next_, page=LOGIN_CODE))
            self._cookies.set(request, response, SECOND_STEP_COOKIE, note, seconds=SECOND_STEP_SECONDS)
            return response
        return self._signed_in(request, next_, token, known)

    async def code(self, request: Request) -> Response:
        """The code of the second factor, from the browser that has just given the password."""
        form = await _form(request)
        next_ = safe_next(form.get("next", ""))
        try:
            token, known = await to_thread.run_sync(self._with_code, request, form, limiter=self._threads)
        except WrongCode:
            return redirect(login_address(next_, page=LOGIN_CODE, why="wrong_code"))
        except TooManyAttempts as error:
            return redirect(login_address(next_, page=LOGIN_CODE, **_later(error)))
        except SecondStepOver:
            return redirect(login_address(next_, why="over"))
        response = self._signed_in(request, next_, token, known)
        self._cookies.delete(request, response, SECOND_STEP_COOKIE)
        return response

    async def sign_out(self, request: Request) -> Response:
        """Ends the session on the server."""
        await run_in_threadpool(self._accounts.close_session, self._cookies.get(request, SESSION_COOKIE))
        response = redirect(login_address(why="bye"))
        self._cookies.delete(request, response, SESSION_COOKIE)
        return response

    def _with_password(self, request: Request, form: dict[str, str]) -> tuple[str, str, str]:
        """A session's token, or a note for the second step, the other one is empty; and a note that knows the browser."""
        principal = self._accounts.authenticate(
            form.get("username", ""),
            form.get("password", ""),
            address=address_of(request),
            known=self._cookies.get(request, KNOWN_COOKIE),
        )
        self._accounts.close_session(self._cookies.get(request, SESSION_COOKIE))
        try:
            token = self._accounts.open_session(principal, browser=browser_of(request))
        except SecondFactorNeeded:
            return "", self._accounts.second_step(principal), ""
        return token, "", self._accounts.known_browser(principal.username)

    def _with_code(self, request: Request, form: dict[str, str]) -> tuple[str, str]:
        note = self._cookies.get(request, SECOND_STEP_COOKIE)
        known = self._cookies.get(request, KNOWN_COOKIE)
        token = self._accounts.finish_second_step(note, form.get("code", ""), browser=browser_of(request), known=known)
        self._accounts.close_session(self._cookies.get(request, SESSION_COOKIE))
        return token, self._accounts.known_browser(self._accounts.second_step_name(note))

    def _signed_in(self, request: Request, next_: str, token: str, known: str) -> Response:
        response = redirect(next_)
        self._cookies.set(request, response, SESSION_COOKIE, token)
        self._cookies.set(request, response, KNOWN_COOKIE, known, seconds=int(LIFETIME.total_seconds()))
        return response


def _later(error: TooManyAttempts | TooBusy) -> dict[str, str]:
    """What the sign-in page says about when to try again."""
    if isinstance(error, TooBusy):
        return {"why": "busy"}
    return {"why": "too_many", "minutes": str(error.minutes)}


def browser_of(request: Request) -> str:
    """What the browser that sent this is called."""
    return browser_name(request.headers.get("user-agent", ""))


def same_origin(request: HTTPConnection) -> bool:
    """Whether a form came from our own page. Browsers always say where a post comes from; other programs need not."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = request.headers.get("origin")
    if origin is None:
        return True
    try:
        return urlsplit(origin).netloc == request.headers.get("host")
    except ValueError:  # as of http://[
        return False


def _from_our_pages(handler: Handler) -> Handler:
    async def checked(request: Request) -> Response:
        if not same_origin(request):
            return PlainTextResponse(ELSEWHERE, status_code=403)
        return await handler(request)

    return checked


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
