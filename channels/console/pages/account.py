"""One account, for administrators: make it, change it, help its owner, close it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from urllib.parse import quote

from nicegui import ui
from starlette.requests import Request

from bot.security.register import AccountView
from bot.security.roles import role_table
from channels.console.dates import chinese_time
from channels.console.deeds import announce, attempt, leave_for, told
from channels.console.desk import ConsoleDesk
from channels.console.one_time_secret import show_once
from channels.console.pages.account_list import account_chip
from channels.console.site import Site
from channels.console.token_card import TokenCard, deeds_for
from channels.console.widgets import field, heading, section

HAND_OVER = "请当面或打电话告诉本人。密码只显示这一次，{hours} 小时内有效；第一次登录后，必须换成自己的密码。"
EXTERNAL = "这个账号用单位账号登录，角色由单位账号系统给出：在这里改的角色，下次登录时会被覆盖。"
NOT_MINE = "您自己不能查看知识库，所以不能替别人生成令牌：请本人到“我的账号”里生成。在用的令牌您可以停用。"
TOKENS = "程序凭令牌可以通过知识库接口做这个账号能做、您自己也能做的事。新的令牌请当面交给本人。"


def register(site: Site) -> None:
    """Add the pages at ``/new-account`` and ``/accounts/{username}``."""

    @ui.page("/new-account")
    async def new(request: Request) -> None:
        async def build(desk: ConsoleDesk) -> None:
            desk.accounts.check_may_manage()
            _NewAccount(desk).draw()

        await site.show(request, "新建账号", build)

    @ui.page("/accounts/{username}")
    async def account(request: Request, username: str, done: str = "") -> None:
        async def build(desk: ConsoleDesk) -> None:
            await _AccountPage(desk, username).draw()
            announce(done, _address(username))

        await site.show(request, "账号", build)


class _Fields:
    """Name, roles and department of an account."""

    def __init__(self, desk: ConsoleDesk, account: AccountView | None = None) -> None:
        self._name = ui.input("姓名", value=account.display_name if account else "").props(
            "outlined dense maxlength=30"
        )
        ui.label("角色").classes("wz-field-label")
        with ui.element("div").classes("wz-checks").props('role=group aria-label="角色"'):
            self._roles = {
                key: ui.checkbox(label, value=account is not None and key in account.roles)
                for key, label in desk.accounts.role_names.items()
            }
        departments = {"": "没有部门", **desk.departments}
        present = account.department if account and account.department in departments else ""
        self._department = ui.select(departments, value=present, label="部门").props("outlined dense")

    @property
    def values(self) -> tuple[str, list[str], str]:
        """Name, roles, department as they stand on the page."""
        roles = [key for key, box in self._roles.items() if box.value]
        return self._name.value or "", roles, self._department.value or ""


class _NewAccount:
    def __init__(self, desk: ConsoleDesk) -> None:
        self._desk = desk

    def draw(self) -> None:
        heading("新建账号", "保存后会得到一个一次性密码，交给本人。")
        with section("账号"), ui.element("div").classes("wz-form"):
            self._username = ui.input("用户名").props("outlined dense maxlength=40 autofocus autocomplete=off")
            self._fields = _Fields(self._desk)
            self._button = ui.button("新建账号", on_click=self._create).props("unelevated")

    async def _create(self) -> None:
        username = self._username.value or ""
        name, roles, department = self._fields.values
        deed = partial(
            self._desk.accounts.create_account, username, display_name=name, roles=roles, department=department
        )
        password = await attempt(deed, button=self._button)
        if password is not None:
            done = partial(leave_for, "/accounts", "account_saved")
            show_once("账号已建好", f"“{username}”的一次性密码如下。{_hand_over(self._desk)}", [password], done)


class _AccountPage:
    def __init__(self, desk: ConsoleDesk, username: str) -> None:
        self._desk = desk
        self._username = username

    async def draw(self) -> None:
        account, sessions = await asyncio.to_thread(
            lambda: (
                self._desk.accounts.account(self._username),
                self._desk.accounts.account_sessions(self._username),
            )
        )
        with ui.row().classes("wz-bar"):
            heading(account.display_name, account.username)
            account_chip(account)
        if account.external:
            ui.label(EXTERNAL).classes("wz-banner wz-info")
        with ui.element("div").classes("wz-grid"):
            with section("资料"), ui.element("div").classes("wz-form"):
                self._fields = _Fields(self._desk, account)
                self._button = ui.button("保存", on_click=self._save).props("unelevated")
            with ui.element("div").classes("wz-stack"):
                with section("登录"):
                    field("创建时间", chinese_time(account.created_at))
                    field("最近登录", chinese_time(account.last_login_at) if account.last_login_at else "从未登录")
                    field("两步验证", "已开启" if account.second_factor else "未开启")
                    field("登录中", f"{len(sessions)} 个浏览器")
                self._draw_help(account, bool(sessions))
        desk, may = self._desk.accounts, "knowledge.read" in role_table().permissions_of(account.roles)
        deeds = deeds_for(desk, self._username)
        useful = desk.may_make_token_for(account.roles) or account.username == desk.principal.username
        note = TOKENS if useful else NOT_MINE
        await TokenCard(deeds, desk.max_token_days, note, may_make=may and useful and account.active).draw()

    def _draw_help(self, account: AccountView, signed_in: bool) -> None:
        with section("帮助和停用"), ui.element("div").classes("wz-form"):
            if account.username == self._desk.principal.username:
                ui.label("这是您自己的账号，密码和两步验证请到“我的账号”里操作。").classes("wz-muted")
                return
            if not account.external:
                self._ask("重设密码", "生成新的一次性密码，所有登录都会退出。", self._reset_password)
            if account.second_factor:
                question = "下次登录只需要密码，所有登录都会退出。请先确认是本人。"
                self._ask("重置两步验证", question, self._reset_second_factor)
            if signed_in:
                self._ask("退出所有登录", "这个人在所有浏览器上的登录都会退出。", self._close_sessions)
            if account.active:
                self._ask("停用账号", "停用后不能登录，已有的登录马上退出。以后可以恢复。", self._deactivate)
            else:
                self._ask("恢复账号", "恢复后可以用原来的密码登录。", self._activate)

    def _ask(self, label: str, question: str, deed: Callable[[], object]) -> None:
        """A button that asks before it does something."""
        with ui.dialog() as dialog, ui.card().classes("wz-dialog"):
            ui.label(f"{label}：{self._username}").classes("text-h6")
            ui.label(question)
            with ui.row().classes("w-full justify-end"):
                ui.button("取消", on_click=dialog.close).props("flat")
                ui.button(f"确认{label}", on_click=lambda: (dialog.close(), deed())[1]).props("unelevated")
        ui.button(label, on_click=dialog.open).props("outline")

    async def _save(self) -> None:
        name, roles, department = self._fields.values
        change = partial(
            self._desk.accounts.update_account,
            self._username,
            display_name=name,
            roles=roles,
            department=department,
        )
        if await attempt(change, button=self._button) is not None:
            told("已保存")

    async def _reset_password(self) -> None:
        password = await attempt(partial(self._desk.accounts.reset_password, self._username))
        if password is not None:
            show_once("新的一次性密码", _hand_over(self._desk), [password], self._reload)

    async def _reset_second_factor(self) -> None:
        await self._do(partial(self._desk.accounts.reset_second_factor, self._username))

    async def _close_sessions(self) -> None:
        await self._do(partial(self._desk.accounts.close_sessions, self._username))

    async def _deactivate(self) -> None:
        await self._do(partial(self._desk.accounts.set_active, self._username, active=False))

    async def _activate(self) -> None:
        await self._do(partial(self._desk.accounts.set_active, self._username, active=True))

    async def _do(self, deed: Callable[[], None]) -> None:
        def done() -> bool:
            deed()
            return True

        if await attempt(done):
            self._reload()

    def _reload(self) -> None:
        leave_for(_address(self._username), "account_saved")


def _hand_over(desk: ConsoleDesk) -> str:
    return HAND_OVER.format(hours=desk.accounts.one_time_hours)


def _address(username: str) -> str:
    return f"/accounts/{quote(username)}"
