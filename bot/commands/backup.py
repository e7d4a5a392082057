"""``wenzheng backup``: save all that cannot be made anew, while the assistant goes on working."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.backup.errors import BackupError
from bot.backup.root_key import key_in_force, save_key, where_it_is
from bot.backup.saving import make_backup
from bot.commands.console import done, fail, screen, step
from bot.settings import get_settings


def backup(
    folder: Annotated[Path, typer.Argument(help="A folder that does not exist yet; its disk should be another one.")],
    key: Annotated[
        Path | None, typer.Option(help="Also write a copy of the root key to this file, outside of the folder.")
    ] = None,
) -> None:
    """Save database and what was learned into a new folder; the root key only where --key says, never beside them."""
    settings = get_settings()
    try:
        if key is not None:
            save_key(key_in_force(settings), key, folder)
            done(f"Root key: {key}")
        made = make_backup(settings, folder, step)
    except BackupError as error:
        fail(str(error))
    rows = sum(made.rows.values())
    done(f"Back-up: {folder} ({made.size / 1e6:.1f} MB, {rows} rows, schema {made.schema_head})")
    if key is None:
        screen.print(
            f"The root key is not in it. It is in {where_it_is(settings)}: keep a copy in another place (--key FILE). "
            "Without it nobody can open the telephone numbers, names and query codes in this back-up.",
            soft_wrap=True,
        )
    screen.print(
        "Not in it: .env, the content files, models and index (made anew), Redis (open forms).", soft_wrap=True
    )
