"""Carrying out what a button stands for: off the event loop, with every refusal told and nothing typed lost."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import TypeVar

from nicegui import ui

from actions.tickets.errors import TicketError
from bot.security.errors import SecurityError, SignedOut
from channels.console.addresses import LOGIN
from knowledge_base.lifecycle import KnowledgeError

logger = logging.getLogger(__name__)
T = TypeVar("T")
UNEXPECTED = "系统出了点问题，没有保存，已经记录下来。您填写的内容还在，请稍后再试。"


def tell(message: str) -> None:
    """Show a refusal until it is read."""
    ui.notify(message, type="negative", position="top", close_button="知道了", timeout=8000, multi_line=True)


def told(message: str) -> None:
    """Show that something was done."""
    ui.notify(message, type="positive", position="top", timeout=2500)


async def attempt(
    deed: Callable[[], T], *, button: ui.button | None = None, on_error: Callable[[str], None] = tell
) -> T | None:
    """The result of ``deed``, run in a thread; None when it failed, after saying why. ``button`` shows the wait."""
    if button is not None:
        button.props("loading").disable()
    try:
        return await asyncio.to_thread(deed)
    except SignedOut:
        _ask_to_sign_in()
    except (KnowledgeError, TicketError, SecurityError) as error:
        on_error(str(error))
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
