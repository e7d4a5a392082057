"""``wenzheng chat``: a conversation in the terminal."""

from __future__ import annotations

from typing import Any

from actions.messages import Button
from bot.commands.console import errors, fail, screen
from bot.commands.internal_client import AssistantNotRunning, InternalClient
from bot.commands.plain import buttons_of, plain
from bot.settings import get_settings


def chat() -> None:
    """Talk with the running assistant. A number chooses what is offered; an empty line or Ctrl-D ends."""
    screen.print("[dim]输入问题后回车；输入数字选择；空行结束。[/]")
    try:
        with InternalClient(get_settings()) as client:
            _talk(client)
    except AssistantNotRunning as error:
        fail(str(error))


def _talk(client: InternalClient) -> None:
    offered: list[Button] = []
    conversation_id = ""
    while True:
        try:
            text = screen.input("[bold]您：[/]").strip()
        except (EOFError, KeyboardInterrupt):
            return
        if not text:
            return
        chosen = offered[int(text) - 1] if text.isdigit() and 0 < int(text) <= len(offered) else None
        try:
            data = client.turn(
                chosen.title if chosen else text,
                conversation_id=conversation_id,
                payload=chosen.payload if chosen else "",
            )
        except ValueError as error:
            errors.print(str(error), markup=False)
            continue
        conversation_id = data["conversation_id"]
        offered = _show(data)


def _show(data: dict[str, Any]) -> list[Button]:
    screen.print(plain(data["parts"]), markup=False)
    offered = buttons_of(data["parts"])
    if offered:
        screen.print(
            "　".join(f"[{n}] {button.title}" for n, button in enumerate(offered, 1)), markup=False, style="dim"
        )
    screen.print()
    return offered
