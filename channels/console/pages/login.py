"""Signing in: plain pages and forms, so that they work with password managers and keep nothing in memory."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import FileResponse
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from bot.security.errors import IDENTITY_REFUSALS
from channels.console.addresses import (
    CODE_FORM,
    IDENTITY_START,
    LOGIN,
    LOGIN_CODE,
    MOUNT,
    SECOND_STEP_COOKIE,
    SESSION_COOKIE,
    SIGN_IN_FORM,
    login_address,
    safe_next,
)
from channels.console.cookies import Cookies
from channels.console.plain_pages import FOLDER, busy_where_refused, page
from channels.console.services import ConsoleServices

MESSAGES = {
    "refused": ("用户名或密码不对，请重新输入。", "bad"),
    "wrong_code": ("验证码不对或者已经用过，请等手机上换了新的验证码再输入。", "bad"),
    "busy": ("现在登录的人太多，请稍后再试。", "warn"),
    "ended": ("这次登录已经结束，请重新登录。", "warn"),
    "over": ("登录用的时间太长了，请重新登录。", "warn"),
    "expired": ("登录已过期，请重新登录。", "warn"),
    "again": ("请重新登录，再回到刚才的页面继续。", "warn"),
    "bye": ("您已退出登录。", "good"),
    **{reason: (f"{text}。", "bad") for reason, text in IDENTITY_REFUSALS.items() if reason != "over"},
}
TOO_MANY = "尝试的次数太多，请 {minutes} 分钟后再试。"
MAX_MINUTES = 60 * 24
FILES = {"plain.css": "text/css", "show_password.js": "text/javascript"}
FILE_HEADERS = {"X-Content-Type-Options": "nosniff", "Cache-Control": "public, max-age=3600"}
READ = ["GET", "HEAD"]
Words = Annotated[str, Query()]


def create_router(services: ConsoleServices, cookies: Cookies) -> APIRouter:
    """The pages at ``/console/login`` and ``/console/login/code``, and the two files they load."""
    router = APIRouter(prefix=MOUNT, include_in_schema=False)
    pages = SignInPages(services, cookies)
    for path, handler in ((LOGIN, pages.password), (LOGIN_CODE, pages.code)):
        router.add_api_route(path, busy_where_refused(handler), methods=READ)
    router.add_api_route("/plain/{name}", read_file, methods=READ)
    return router


async def read_file(name: str) -> FileResponse:
    """A file that these pages load."""
    if name not in FILES:
        raise HTTPException(404)
    return FileResponse(FOLDER / name, media_type=FILES[name], headers=FILE_HEADERS)


class SignInPages:
    """One method a page."""

    def __init__(self, services: ConsoleServices, cookies: Cookies) -> None:
        self._services = services
        self._cookies = cookies

    async def password(self, request: Request, next: Words = "", why: Words = "", minutes: Words = "") -> Response:
        """Name and password; or home for who is signed in."""
        wanted = safe_next(next)
        if await self._signed_in(request):
            return RedirectResponse(wanted, status_code=303)
        identity = self._services.identity
        return page(
            "sign_in",
            "登录",
            "问政工作台",
            self._services.city_name,
            {
                **_message(why, minutes),
                "action": SIGN_IN_FORM,
                "next": wanted,
                "identity": f"{IDENTITY_START}?{urlencode({'next': wanted})}" if identity else "",
                "identity_label": identity.label if identity else "",
            },
        )

    async def code(self, request: Request, next: Words = "", why: Words = "", minutes: Words = "") -> Response:
        """The code of the second factor."""
        wanted = safe_next(next)
        if await self._signed_in(request):
            return RedirectResponse(wanted, status_code=303)
        if not self._cookies.get(request, SECOND_STEP_COOKIE):
            return RedirectResponse(login_address(wanted, why="over"), status_code=303)
        return page(
            "code",
            "两步验证",
            "两步验证",
            "密码正确，还差一步",
            {**_message(why, minutes), "action": CODE_FORM, "next": wanted, "again": MOUNT + LOGIN},
        )

    async def _signed_in(self, request: Request) -> bool:
        token = self._cookies.get(request, SESSION_COOKIE)
        accounts = self._services.accounts
        return bool(token) and await run_in_threadpool(accounts.session_account, token) is not None


def _message(why: str, minutes: str) -> dict[str, str]:
    text, tone = MESSAGES.get(why, ("", ""))
    if why == "too_many":
        short = minutes.isascii() and minutes.isdigit() and len(minutes) < 9
        wait = min(int(minutes), MAX_MINUTES) if short else 1
        text, tone = TOO_MANY.format(minutes=wait), "bad"
    return {"message": text, "tone": tone}
