"""Signing in: a plain form, so that it works with password managers and sets an HttpOnly cookie."""

from __future__ import annotations

import html

from nicegui import ui
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from channels.console.addresses import SIGN_IN_FORM, safe_next
from channels.console.shell import draw_base

MESSAGES = {
    "refused": ("用户名或密码不对，请重新输入。", "bad"),
    "expired": ("登录已过期，请重新登录。", "warn"),
    "again": ("请重新登录，再回到刚才的页面继续。", "warn"),
    "bye": ("您已退出登录。", "good"),
}
TOO_MANY = "尝试的次数太多，请 {minutes} 分钟后再试。"
MAX_MINUTES = 60 * 24


def register(city_name: str) -> None:
    """Add the page at ``/login``."""

    @ui.page("/login")
    def login(request: Request, next: str = "", why: str = "", minutes: str = "") -> Response | None:
        if request.state.principal is not None:
            return RedirectResponse(safe_next(next), status_code=303)
        draw_base("登录")
        with ui.element("div").classes("wz-login"), ui.card().classes("wz-login-card"):
            with ui.column().classes("wz-heading"):
                with ui.element("h1"):
                    ui.label("问政工作台")
                ui.label(city_name).classes("wz-muted")
            _draw_message(why, minutes)
            _draw_form(safe_next(next))
        return None


def _draw_message(why: str, minutes: str) -> None:
    text, tone = MESSAGES.get(why, ("", ""))
    if why == "too_many":
        wait = min(int(minutes), MAX_MINUTES) if minutes.isascii() and minutes.isdigit() else 1
        text, tone = TOO_MANY.format(minutes=wait), "bad"
    if text:
        ui.label(text).classes(f"wz-banner wz-{tone}").props("role=alert")


def _draw_form(next_: str) -> None:
    with ui.element("form").props(f'method=post action="{SIGN_IN_FORM}"'):
        ui.element("input").props(f'type=hidden name=next value="{html.escape(next_)}"')
        ui.input("用户名").props("name=username outlined autofocus autocomplete=username maxlength=40 required")
        password = ui.input("密码", password=True, password_toggle_button=True)
        password.props("name=password outlined autocomplete=current-password maxlength=256 required")
        ui.button("登录").props("type=submit unelevated size=16px").classes("w-full")
    ui.label("账号由系统管理员开通。忘记密码请联系管理员。").classes("wz-muted")
