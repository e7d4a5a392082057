"""All staff accounts, for administrators."""

from __future__ import annotations

import asyncio
from functools import partial

from nicegui import ui
from starlette.requests import Request

from bot.security.register import AccountView
from channels.console.dates import chinese_time
from channels.console.deeds import announce
from channels.console.desk import ConsoleDesk
from channels.console.site import Site
from channels.console.widgets import Table, chip, empty_state, heading

COLUMNS = ["用户名", "姓名", "角色", "部门", "两步验证", "状态", "最近登录"]


def register(site: Site) -> None:
    """Add the page at ``/accounts``."""

    @ui.page("/accounts")
    async def accounts(request: Request, q: str = "", done: str = "") -> None:
        async def build(desk: ConsoleDesk) -> None:
            await _AccountList(desk, q).draw()
            announce(done, "/accounts")

        await site.show(request, "账号管理", build)


def account_chip(account: AccountView) -> None:
    """Whether somebody can sign in, in words and colour."""
    if not account.active:
        chip("已停用", "neutral")
    elif account.must_change_password:
        chip("一次性密码", "warn")
    else:
        chip("在用", "good")


class _AccountList:
    def __init__(self, desk: ConsoleDesk, query: str) -> None:
        self._desk = desk
        self._query = query

    async def draw(self) -> None:
        self._all = await asyncio.to_thread(self._desk.accounts.accounts)
        with ui.row().classes("wz-bar"):
            heading("账号管理", f"共 {len(self._all)} 个账号，{sum(one.active for one in self._all)} 个在用。")
            ui.button("新建账号", icon="person_add", on_click=lambda: ui.navigate.to("/new-account")).props(
                "unelevated"
            )
        with ui.row().classes("wz-filters"):
            search = ui.input(placeholder="搜索用户名、姓名", value=self._query).classes("wz-search")
            search.props('outlined dense debounce=300 clearable type=search aria-label="搜索账号"')
            search.on_value_change(lambda event: self._filter(event.value or ""))
        self._results = ui.element("div").classes("wz-stack").props("aria-live=polite")
        self._draw_results()

    def _filter(self, query: str) -> None:
        self._query = query
        self._results.clear()
        self._draw_results()

    def _draw_results(self) -> None:
        wanted = self._query.strip().casefold()
        found = [one for one in self._all if wanted in f"{one.username}\n{one.display_name}".casefold()]
        names, departments = self._desk.accounts.role_names, self._desk.departments
        with self._results:
            if not found:
                empty_state("没有符合条件的账号", "换个词或者清除搜索再试试。", icon="person_search")
                return
            table = Table("账号", COLUMNS)
            for one in found:
                table.row(
                    f"/accounts/{one.username}",
                    one.username,
                    one.display_name,
                    "、".join(names.get(role, role) for role in one.roles),
                    departments.get(one.department, one.department) or "没有部门",
                    "单位账号" if one.external else "已开启" if one.second_factor else "未开启",
                    partial(account_chip, one),
                    chinese_time(one.last_login_at) if one.last_login_at else "从未登录",
                )
