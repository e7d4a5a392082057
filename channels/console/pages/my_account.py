"""One's own account: password, second factor, where one is signed in."""

from __future__ import annotations

import asyncio
from functools import partial

from nicegui import ui
from starlette.requests import Request

from bot.security.roles import OWED
from bot.security.sessions import SessionView
from channels.console.addresses import MY_ACCOUNT
from channels.console.dates import chinese_time
from channels.console.deeds import announce, attempt, leave_for, told
from channels.console.desk import ConsoleDesk
from channels.console.markup import attributes
from channels.console.second_factor_card import SecondFactorCard
from channels.console.site import Site
from channels.console.token_card import TokenCard, own_deeds
from channels.console.widgets import Table, chip, heading, section

EXTERNAL = "您用单位账号登录，密码和两步验证由单位账号系统管理。"
TOKENS = "给程序用：程序凭令牌可以通过知识库接口做您的账号能做的事。不再用的请停用。"


def register(site: Site) -> None:
    """Add the page at ``/my-account``."""

    @ui.page(MY_ACCOUNT)
    async def my_account(request: Request, done: str = "") -> None:
        async def build(desk: ConsoleDesk) -> None:
            await _MyAccount(desk).draw()
            announce(done, MY_ACCOUNT)

        await site.show(request, "我的账号", build)


class _MyAccount:
    def __init__(self, desk: ConsoleDesk) -> None:
        self._desk = desk.accounts
        self._departments = desk.departments

    async def draw(self) -> None:
        account, sessions = await asyncio.to_thread(lambda: (self._desk.own(), self._desk.own_sessions()))
        names = self._desk.role_names
        roles = "、".join(names.get(role, role) for role in account.roles)
        department = self._departments.get(account.department, account.department)
        heading(
            "我的账号", " · ".join(part for part in (account.display_name, account.username, roles, department) if part)
        )
        owes = self._desk.principal.owes
        if owes:
            ui.label(f"{OWED[owes].replace('请先到“我的账号”', '请先在这里')}。").classes("wz-banner wz-warn").props(
                "role=alert"
            )
        if account.external:
            ui.label(EXTERNAL).classes("wz-banner wz-info")
        else:
            self._draw_password()
            if owes != "password":
                await SecondFactorCard(self._desk).draw(account)
        if not owes:
            with section("登录的浏览器", extra=self._draw_close_others):
                ui.label("不认识的登录，请马上退出，并且修改密码。").classes("wz-muted")
                self._sessions = ui.element("div").classes("wz-stack").props("aria-live=polite")
                self._draw_sessions(sessions)
            may = self._desk.principal.may("knowledge.read")
            await TokenCard(own_deeds(self._desk), self._desk.max_token_days, TOKENS, may_make=may).draw()

    def _draw_password(self) -> None:
        with section("修改密码"), ui.element("div").classes("wz-form"):
            present = ui.input("现在的密码", password=True).props(
                "outlined dense maxlength=256 autocomplete=current-password"
            )
            new = ui.input("新密码", password=True).props("outlined dense maxlength=256 autocomplete=new-password")
            again = ui.input("再输入一次新密码", password=True).props(
                "outlined dense maxlength=256 autocomplete=new-password"
            )
            ui.label("至少 10 个字符，不能和现在的密码相同。修改后，其他浏览器上的登录会退出。").classes("wz-muted")
            button = ui.button("修改密码").props("unelevated")

            async def change() -> None:
                words = present.value or "", new.value or "", again.value or ""
                if await attempt(lambda: self._changed(*words), button=button):
                    leave_for(MY_ACCOUNT, "password_changed")

            button.on_click(change)
            again.on("keydown.enter", change)

    def _changed(self, present: str, new: str, again: str) -> bool:
        self._desk.change_password(present, new, again)
        return True

    def _draw_close_others(self) -> None:
        ui.button("退出其他所有浏览器", on_click=lambda: self._close(None)).props('outline dense padding="4px 10px"')

    def _draw_sessions(self, sessions: list[SessionView]) -> None:
        with self._sessions:
            table = Table("登录的浏览器", ["浏览器", "登录时间", "最近使用", ""])
            for one in sessions:
                table.line(
                    one.browser or "其他浏览器",
                    chinese_time(one.created_at),
                    chinese_time(one.last_seen_at),
                    partial(chip, "当前浏览器", "good") if one.here else partial(self._draw_close, one),
                )

    def _draw_close(self, one: SessionView) -> None:
        label = f"退出 {one.browser or '其他浏览器'}"
        attributes(ui.button("退出", on_click=lambda: self._close(one.id)).props("flat dense"), aria_label=label)

    async def _close(self, session_id: str | None) -> None:
        sessions = await attempt(lambda: self._closed(session_id))
        if sessions is not None:
            told("已退出")
            self._sessions.clear()
            self._draw_sessions(sessions)

    def _closed(self, session_id: str | None) -> list[SessionView]:
        if session_id is None:
            self._desk.close_other_sessions()
        else:
            self._desk.close_own_session(session_id)
        return self._desk.own_sessions()
