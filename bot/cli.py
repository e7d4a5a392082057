"""The ``wenzheng`` command. Each command lives in ``bot/commands/``; this file only says where."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import ClassVar

import typer

from bot.lazy_commands import LazyGroup, Place
from bot.private_files import set_private_umask


class Commands(LazyGroup):
    """All commands, in the order of ``wenzheng --help``."""

    places: ClassVar[Mapping[str, Place]] = {
        "run": Place("bot.commands.run:run", "Start the assistant."),
        "train": Place("bot.commands.train:train", "Train what understands language, if its inputs changed."),
        "index": Place("bot.commands.index:index", "Make the search index anew."),
        "ask": Place("bot.commands.ask:ask", "Ask the running assistant."),
        "chat": Place("bot.commands.chat:chat", "Talk with the running assistant."),
        "doctor": Place("bot.commands.doctor:doctor", "Say what is there, what is missing, and how to get it."),
        "backup": Place("bot.commands.backup:backup", "Write everything into a folder."),
        "restore": Place("bot.commands.restore:restore", "Bring a back-up in."),
        "account": Place("bot.commands.account:app", "Staff accounts of the console."),
        "knowledge": Place("bot.commands.knowledge:app", "The knowledge base: export, import, calibrate."),
        "routing": Place("bot.commands.routing:app", "The model that suggests departments for tickets."),
        "eval": Place("bot.commands.evaluate:app", "Measure understanding on files of your own."),
        "mask": Place("bot.commands.mask:mask", "Show how personal data in texts is masked."),
        "secret": Place("bot.commands.secret:app", "The secret key that personal data are sealed with."),
        "conversation": Place("bot.commands.conversation:app", "What is held of one person: take it along, delete it."),
        "retention": Place("bot.commands.retention:app", "What is kept for how long, and the deletion of what is due."),
    }


app = typer.Typer(
    name="wenzheng",
    help="Wenzheng 问政: an open citizen service assistant.",
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def wenzheng() -> None:
    """Wenzheng 问政: an open citizen service assistant."""


def main() -> None:
    """Entry of the ``wenzheng`` command. What refuses it is said in a line, and nothing of what the database was asked."""
    set_private_umask()
    try:
        app()
    except Exception as error:
        _say_refusal(error)


def _say_refusal(error: Exception) -> None:
    """End with a line for what is refused; raises everything else again."""
    from rich.markup import escape

    from bot.commands.console import errors
    from bot.database import DATABASE_REFUSALS, refusal_of
    from bot.security.root_secret import WrongSecretKey

    if isinstance(error, WrongSecretKey):
        errors.print(f"[bold red]✗[/] {escape(str(error))}", soft_wrap=True)
    elif isinstance(error, DATABASE_REFUSALS):
        errors.print(f"[bold red]✗[/] The database cannot do it now ({escape(refusal_of(error))}). Please try again.")
    else:
        raise error
    sys.exit(1)


if __name__ == "__main__":
    main()
