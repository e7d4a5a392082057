"""Carrying out what a button stands for: off the event loop, with every refusal told and nothing typed lost."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import TypeVar
from urllib.parse import urlencode

from nicegui import ui

from actions.tickets.errors import TicketError
from bot.database import DATABASE_REFUSALS, refusal_of
from bot.security.errors import SecurityError, SignedOut
from channels.console.addresses import LOGIN, MOUNT
from channels.console.markup import run_script
from knowledge_base.golden.gate import GateReport, GoldenSetDrop
from knowledge_base.lifecycle import KnowledgeError

logger = logging.getLogger(__name__)
T = TypeVar("T")
# What a page can have done before it led to the next: the code in the address → words.
DONE = {
    "saved": "已保存",
    "submitted": "已提交审核",
    "returned": "已退回，理由会显示在条目里",
    "discarded": "已放弃修改，市民看到的内容没有变",
    "reopened": "已恢复为草稿",
    "restored": "已恢复旧版的内容，发布后市民才能看到",
    "published": "已发布，市民现在就能问到",
    "retired": "已停用",
    "added": "已加为相似问，以后就能找到",
    "added_later": "已加为相似问，发布后就能找到",
    "dismissed": "已忽略",
    "password_changed": "密码已修改",
    "totp_on": "两步验证已开启",
    "totp_off": "两步验证已关闭",
    "account_saved": "账号已保存",
}
UNEXPECTED = "系统出了点问题，没有保存，已经记录下来。您填写的内容还在，请稍后再试。"
BUSY = "系统暂时连不上数据库，没有保存。您填写的内容还在，请过几秒再试。"


def tell(message: str) -> None:
    """Show a refusal until it is read."""
    ui.notify(message, type="negative", position="top", close_button="知道了", timeout=8000, multi_line=True)


def told(message: str) -> None:
    """Show that something was done."""
    ui.notify(message, type="positive", position="top", timeout=2500)


def replace_address(address: str) -> None:
    """Show another address of the console in the browser without leaving the page."""
    ui.navigate.history.replace(MOUNT + address)


def leave_for(address: str, done: str) -> None:
    """Go to another page, which will say what was done; nothing is unsaved any more."""
    target = f"{MOUNT}{address}?{urlencode({'done': done})}"
    # One script: two messages could reach the browser's event loop in the wrong order.
    run_script("window.wzUnsaved = false; window.location.href = $target", target=target)


def announce(done: str, address: str) -> None:
    """Say once what was done on the page before; see ``leave_for``."""
    if done in DONE:
        told(DONE[done])
        replace_address(address)


async def attempt(
    deed: Callable[[], T],
    *,
    button: ui.button | None = None,
    on_error: Callable[[str], None] = tell,
    on_drop: Callable[[GateReport], object] | None = None,
) -> T | None:
    """The result of ``deed``, run in a thread; None when it failed, after saying why. ``button`` shows the wait.

    ``on_drop`` is told what would become worse where the golden set stands in the way.
    """
    if button is not None:
        button.props("loading").disable()
    try:
        return await asyncio.to_thread(deed)
    except SignedOut:
        _ask_to_sign_in()
    except GoldenSetDrop as drop:
        if on_drop is None:
            on_error(str(drop))
        else:
            on_drop(drop.report)
    except (KnowledgeError, TicketError, SecurityError) as error:
        on_error(str(error))
    except DATABASE_REFUSALS as error:
        logger.warning("the database refused a deed of the console: %s", refusal_of(error))
        on_error(BUSY)
    except Exception:
        logger.exception("a deed of the console failed")
        on_error(UNEXPECTED)
    finally:
        if button is not None:
            button.props(remove="loading").enable()
    return None


def _ask_to_sign_in() -> None:
    """The page stays as it is, so that what was typed can be saved after signing in again in another tab."""
    with ui.dialog(value=True).props("persistent") as dialog, ui.card().classes("wz-dialog"):
        ui.label("登录已过期").classes("text-h6")
        ui.label("您填写的内容还在这个页面上。请在新窗口重新登录，再回到这里继续。")
        with ui.row().classes("w-full justify-end"):
            ui.button("关闭", on_click=dialog.close).props("flat")
            ui.button("去登录", on_click=lambda: ui.navigate.to(f"{LOGIN}?why=again", new_tab=True))
