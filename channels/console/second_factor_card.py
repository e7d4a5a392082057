"""The part of 我的账号 about the second factor: set it up with an authenticator app, or turn it off."""

from __future__ import annotations

import asyncio
from functools import partial

import segno
from nicegui import ui

from bot.security.register import AccountView
from bot.security.second_factor import Enrolment
from channels.console.accounts_desk import AccountsDesk
from channels.console.addresses import MY_ACCOUNT
from channels.console.deeds import attempt, leave_for
from channels.console.markup import attributes
from channels.console.one_time_secret import show_once
from channels.console.widgets import chip, section


class SecondFactorCard:
    """A card of the page."""

    def __init__(self, desk: AccountsDesk) -> None:
        self._desk = desk

    async def draw(self, account: AccountView) -> None:
        """What stands now, and the way to change it."""
        on = account.second_factor
        left = await asyncio.to_thread(self._desk.recovery_codes_left) if on else 0
        state = partial(chip, "已开启" if on else "未开启", "good" if on else "neutral")
        with section("两步验证", extra=state), ui.element("div").classes("wz-form") as self._body:
            if on:
                self._draw_on(left)
            else:
                ui.label("开启后，登录时除了密码，还要输入手机验证器应用上的 6 位验证码。").classes("wz-muted")
                ui.button("开启两步验证", icon="phonelink_lock", on_click=self._offer).props("unelevated")

    def _draw_on(self, left: int) -> None:
        ui.label(f"还剩 {left} 个恢复码可以用。关闭后重新开启，会得到新的恢复码。").classes("wz-muted")
        code = ui.input("验证码或恢复码").props("outlined dense autocomplete=one-time-code maxlength=40")
        button = ui.button("关闭两步验证").props("outline color=negative")
        button.on_click(lambda: self._remove(code.value or "", button))

    async def _offer(self) -> None:
        offer = await attempt(self._desk.offer_second_factor)
        if offer is None:
            return
        self._body.clear()
        with self._body:
            self._draw_offer(offer)

    def _draw_offer(self, offer: Enrolment) -> None:
        ui.label("1. 用手机上的验证器应用扫描二维码，或者手动输入下面的密钥。")
        picture = segno.make(offer.address, error="m").svg_data_uri(omitsize=True, border=2)
        attributes(ui.element("img"), src=picture, alt="两步验证的二维码").classes("wz-qr")
        groups = " ".join(offer.secret[at : at + 4] for at in range(0, len(offer.secret), 4))
        ui.label(groups).classes("wz-secret").props('data-testid="totp-secret"')
        ui.label("2. 输入应用显示的 6 位验证码。")
        code = ui.input("验证码").props("outlined dense autofocus autocomplete=one-time-code maxlength=10")
        button = ui.button("确认开启").props("unelevated")
        code.on("keydown.enter", lambda: self._enrol(offer.secret, code.value or "", button))
        button.on_click(lambda: self._enrol(offer.secret, code.value or "", button))

    async def _enrol(self, secret: str, code: str, button: ui.button) -> None:
        codes = await attempt(partial(self._desk.enrol_second_factor, secret, code), button=button)
        if codes is not None:
            show_once(
                "请保存恢复码",
                "手机丢了或者换了，用一个恢复码代替验证码登录，每个只能用一次。它们只显示这一次，请抄下来放在安全的地方。",
                codes,
                lambda: leave_for(MY_ACCOUNT, "totp_on"),
            )

    async def _remove(self, code: str, button: ui.button) -> None:
        def removed() -> bool:
            self._desk.remove_second_factor(code)
            return True

        if await attempt(removed, button=button):
            leave_for(MY_ACCOUNT, "totp_off")
