"""The card about API tokens: those that work, a new one, the end of one. On 我的账号, and for administrators."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from nicegui import ui

from bot.security.api_tokens import MAX_NAME, TokenView
from channels.console.accounts_desk import AccountsDesk
from channels.console.dates import chinese_time
from channels.console.deeds import attempt, told
from channels.console.markup import attributes
from channels.console.one_time_secret import show_once
from channels.console.widgets import Table, empty_state, section

DAYS = (30, 90, 180, 365)
ONCE = "请现在就复制到程序的设置里：令牌只显示这一次。"


@dataclass(frozen=True)
class TokenDeeds:
    """What the card can do with the tokens of one account."""

    tokens: Callable[[], list[TokenView]]
    make: Callable[..., str]
    revoke: Callable[[int], None]


def own_deeds(desk: AccountsDesk) -> TokenDeeds:
    """With one's own tokens."""
    return TokenDeeds(desk.own_tokens, desk.make_own_token, desk.revoke_own_token)


def deeds_for(desk: AccountsDesk, username: str) -> TokenDeeds:
    """With the tokens of somebody, for administrators."""
    return TokenDeeds(
        partial(desk.account_tokens, username),
        partial(desk.make_account_token, username),
        partial(desk.revoke_account_token, username),
    )


class TokenCard:
    """``may_make``: whether a token would be of any use to the account."""

    def __init__(self, deeds: TokenDeeds, max_days: int, note: str, *, may_make: bool = True) -> None:
        self._deeds = deeds
        self._days = {days: f"{days} 天" for days in DAYS if days <= max_days} or {max_days: f"{max_days} 天"}
        self._note = note
        self._may_make = may_make

    async def draw(self) -> None:
        """The card, where there is something to show or to make."""
        tokens = await asyncio.to_thread(self._deeds.tokens)
        if not tokens and not self._may_make:
            return
        with section("接口令牌", extra=self._draw_new if self._may_make else None):
            ui.label(self._note).classes("wz-muted")
            self._list = ui.element("div").classes("wz-stack").props("aria-live=polite")
            self._draw_list(tokens)

    def _draw_new(self) -> None:
        with ui.dialog() as dialog, ui.card().classes("wz-dialog"):
            ui.label("新建接口令牌").classes("text-h6")
            name = ui.input("用途").props("outlined dense autofocus").classes("w-full")
            attributes(name, maxlength=MAX_NAME)
            days = ui.select(self._days, value=list(self._days)[min(1, len(self._days) - 1)], label="有效期")
            days.props("outlined dense").classes("w-full")
            read_only = ui.checkbox("只能查看，不能修改", value=False)
            with ui.row().classes("w-full justify-end"):
                ui.button("取消", on_click=dialog.close).props("flat")
                button = ui.button("生成令牌").props("unelevated")

        async def make() -> None:
            called, length, reads = name.value or "", days.value, read_only.value
            token = await attempt(lambda: self._deeds.make(called, days=length, read_only=reads), button=button)
            if token is not None:
                dialog.close()
                name.value = ""
                await self._renew()
                with self._list:  # not inside the dialog, which is closed
                    show_once("新的接口令牌", ONCE, [token], lambda: None)

        button.on_click(make)
        name.on("keydown.enter", make)
        ui.button("新建令牌", icon="key", on_click=dialog.open).props('outline dense padding="4px 10px"')

    def _draw_list(self, tokens: list[TokenView]) -> None:
        with self._list:
            if not tokens:
                empty_state("还没有接口令牌", icon="key")
                return
            table = Table("接口令牌", ["用途", "能做什么", "到期", "最近使用", ""])
            for one in tokens:
                table.line(
                    one.name,
                    "只能查看" if one.read_only else "和账号一样",
                    chinese_time(one.expires_at),
                    chinese_time(one.last_used_at) if one.last_used_at else "从未使用",
                    partial(self._draw_revoke, one),
                )

    def _draw_revoke(self, one: TokenView) -> None:
        with ui.dialog() as dialog, ui.card().classes("wz-dialog"):
            ui.label(f"停用令牌：{one.name}").classes("text-h6")
            ui.label("使用它的程序马上不能再用，停用后不能恢复。")
            with ui.row().classes("w-full justify-end"):
                ui.button("取消", on_click=dialog.close).props("flat")
                ui.button("确认停用", on_click=lambda: self._revoke(one)).props("unelevated")
        stop = ui.button("停用", on_click=dialog.open).props("flat dense")
        attributes(stop, aria_label=f"停用令牌 {one.name}")

    async def _revoke(self, one: TokenView) -> None:
        def revoked() -> bool:
            self._deeds.revoke(one.id)
            return True

        if await attempt(revoked):
            told("已停用")
            await self._renew()

    async def _renew(self) -> None:
        tokens = await attempt(self._deeds.tokens)
        if tokens is not None:
            self._list.clear()
            self._draw_list(tokens)
