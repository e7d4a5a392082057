"""Signing in: plain forms, so that they work with password managers and set HttpOnly cookies."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlencode

from nicegui import ui
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.security.errors import IDENTITY_REFUSALS
from channels.console.addresses import (
    CODE_FORM,
    IDENTITY_START,
    LOGIN,
    LOGIN_CODE,
    SECOND_STEP_COOKIE,
    SIGN_IN_FORM,
    login_address,
    safe_next,
)
from channels.console.cookies import Cookies
from channels.console.markup import BANNERS, attributes
from channels.console.services import ConsoleServices
from channels.console.shell import draw_base

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


def register(services: ConsoleServices, cookies: Cookies) -> None:
    """Add the pages at ``/login`` and ``/login/code``."""
    identity = services.identity

    @ui.page(LOGIN)
    def login(request: Request, next: str = "", why: str = "", minutes: str = "") -> Response | None:
        if request.state.principal is not None:
            return RedirectResponse(safe_next(next), status_code=303)
        with _card("登录", services.city_name):
            _draw_message(why, minutes)
            _draw_password_form(safe_next(next))
            if identity is not None:
                address = IDENTITY_START + "?" + urlencode({"next": safe_next(next)})
                # A plain link, past NiceGUI's own routes, which are all below the mount.
                with attributes(ui.element("a"), href=address).classes("wz-login-identity"):
                    ui.label(identity.label)
            ui.label("账号由系统管理员开通。忘记密码请联系管理员。").classes("wz-muted")
        return None

    @ui.page(LOGIN_CODE)
    def code(request: Request, next: str = "", why: str = "", minutes: str = "") -> Response | None:
        if request.state.principal is not None:
            return RedirectResponse(safe_next(next), status_code=303)
        if not cookies.get(request, SECOND_STEP_COOKIE):
            return RedirectResponse(login_address(safe_next(next), why="over"), status_code=303)
        with _card("两步验证", "密码正确，还差一步"):
            _draw_message(why, minutes)
            _draw_code_form(safe_next(next))
            ui.label("打开手机上的验证器应用，输入 6 位验证码。手机不在身边时，可以输入一个恢复码。").classes(
                "wz-muted"
            )
            ui.link("重新登录", LOGIN).classes("wz-link")
        return None


@contextmanager
def _card(title: str, note: str) -> Iterator[None]:
    draw_base(title)
    with ui.element("div").classes("wz-login"), ui.card().classes("wz-login-card"):
        with ui.column().classes("wz-heading"):
            with ui.element("h1"):
                ui.label("问政工作台" if title == "登录" else title)
            ui.label(note).classes("wz-muted")
        yield


def _draw_message(why: str, minutes: str) -> None:
    text, tone = MESSAGES.get(why, ("", ""))
    if why == "too_many":
        wait = min(int(minutes), MAX_MINUTES) if minutes.isascii() and minutes.isdigit() else 1
        text, tone = TOO_MANY.format(minutes=wait), "bad"
    if text:
        ui.label(text).classes(BANNERS[tone]).props("role=alert")


def _draw_password_form(next_: str) -> None:
    with attributes(ui.element("form").props("method=post"), action=SIGN_IN_FORM):
        attributes(ui.element("input").props("type=hidden name=next"), value=next_)
        ui.input("用户名").props("name=username outlined autofocus autocomplete=username maxlength=40 required")
        password = ui.input("密码", password=True, password_toggle_button=True)
        password.props("name=password outlined autocomplete=current-password maxlength=256 required")
        ui.button("登录").props("type=submit unelevated size=16px").classes("w-full")


def _draw_code_form(next_: str) -> None:
    with attributes(ui.element("form").props("method=post"), action=CODE_FORM):
        attributes(ui.element("input").props("type=hidden name=next"), value=next_)
        ui.input("验证码").props("name=code outlined autofocus autocomplete=one-time-code maxlength=40 required")
        ui.button("登录").props("type=submit unelevated size=16px").classes("w-full")
