"""``wenzheng restore``: bring a back-up back, whole or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.backup.errors import BackupError
from bot.backup.restoring import Wish, restore_backup
from bot.commands.console import done, fail, screen, step
from bot.settings import get_settings


def restore(
    folder: Annotated[Path, typer.Argument(help="A folder that `wenzheng backup` made.")],
    key: Annotated[Path | None, typer.Option(help="The file with the root key, if it is not in place here.")] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Set the present data aside (nothing is deleted).")
    ] = False,
    without_key: Annotated[
        bool, typer.Option("--without-key", help="The root key is lost: bring back what can be read without it.")
    ] = False,
) -> None:
    """Put a back-up in place. The assistant must not run. Everything is checked before anything is changed."""
    settings = get_settings()
    try:
        found = restore_backup(settings, Wish(folder, key, replace, without_key), step)
    except BackupError as error:
        fail(f"{error}")
    made = found.manifest
    done(f"Restored: the back-up of {made.made_at:%Y-%m-%d %H:%M} UTC, {sum(made.rows.values())} rows")
    for place in found.aside:
        screen.print(f"  The data before it are in {place}: delete them when you are sure.", soft_wrap=True)
    if not found.key_fits:
        screen.print(
            "  Telephone numbers, names, query codes and second factors in it cannot be opened any more. "
            "Before the first start: wenzheng secret accept. Reset second factors: wenzheng account totp-reset NAME",
            soft_wrap=True,
        )
    screen.print(
        "  All staff were signed out. What was deleted since the back-up is there again: delete it again.",
        soft_wrap=True,
    )
    if settings.redis_url.get_secret_value():
        screen.print(
            "  Redis is a server of its own: empty its database (FLUSHDB) before you start. It speaks of messages that are "
            "others now.",
            soft_wrap=True,
        )
    screen.print("  Next: wenzheng train (if models are missing), then make run.", soft_wrap=True)
