"""The two addresses of signing in with the city's identity provider: there, and back."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from bot.security.accounts import AccountService
from bot.security.audit import NOT_NAME
from bot.security.errors import IdentityRefused, SignInRefused
from bot.security.oidc import CALLBACK, SIGN_IN_MINUTES, IdentityProvider
from channels.console.addresses import IDENTITY_COOKIE, IDENTITY_START, SESSION_COOKIE, login_address, safe_next
from channels.console.cookies import Cookies, redirect
from channels.console.plain_pages import busy_where_refused
from channels.console.sign_in import browser_of


def create_router(accounts: AccountService, identity: IdentityProvider, *, secure: bool) -> APIRouter:
    """Routes of the code flow. The browser's sealed note is a cookie, so nobody can finish a sign-in begun elsewhere."""
    router = APIRouter(include_in_schema=False)
    cookies = Cookies(secure=secure)

    @router.get(IDENTITY_START)
    @busy_where_refused
    async def start(request: Request, next: str = "") -> Response:
        try:
            address, note = await run_in_threadpool(identity.begin, safe_next(next))
        except IdentityRefused as error:
            return redirect(login_address(why=error.reason))
        response = redirect(address)
        cookies.set(request, response, IDENTITY_COOKIE, note, seconds=SIGN_IN_MINUTES * 60)
        return response

    @router.get(CALLBACK)
    @busy_where_refused
    async def callback(request: Request) -> Response:
        try:
            next_, token = await run_in_threadpool(_signed_in, accounts, identity, cookies, request)
        except IdentityRefused as error:
            response: Response = redirect(login_address(why=error.reason))
        else:
            response = redirect(next_)
            cookies.set(request, response, SESSION_COOKIE, token)
        cookies.delete(request, response, IDENTITY_COOKIE)
        return response

    return router


def _signed_in(
    accounts: AccountService, identity: IdentityProvider, cookies: Cookies, request: Request
) -> tuple[str, str]:
    try:
        person, next_ = identity.finish(cookies.get(request, IDENTITY_COOKIE), request.query_params)
    except IdentityRefused as error:
        accounts.audit.record(NOT_NAME, "session.refused", detail=str(error))
        raise
    username = accounts.sign_in_external(
        person.issuer,
        person.subject,
        username=person.username,
        display_name=person.display_name,
        roles=person.roles,
    )
    accounts.close_session(cookies.get(request, SESSION_COOKIE))
    try:
        token = accounts.open_session(accounts.principal(username), browser=browser_of(request), proven=True)
    except SignInRefused as error:
        raise IdentityRefused("closed") from error
    return safe_next(next_), token
