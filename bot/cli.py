"""The ``wenzheng`` command. Each command lives in ``bot/commands/``; this file only gathers them."""

from __future__ import annotations

import sys

import typer
from rich.markup import escape

from bot.commands import (
    account,
    ask,
    backup,
    calibrate,
    chat,
    conversation,
    doctor,
    evaluate,
    index,
    knowledge,
    restore,
    retention,
    routing,
    run,
    secret,
    train,
)
from bot.commands.console import errors
from bot.database import DATABASE_REFUSALS, refusal_of
from bot.private_files import set_private_umask
from bot.security.root_secret import WrongSecretKey

app = typer.Typer(
    name="wenzheng",
    help="Wenzheng 问政: an open citizen service assistant.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("run")(run.run)
app.command("train")(train.train)
app.command("index")(index.index)
app.command("ask")(ask.ask)
app.command("chat")(chat.chat)
app.command("doctor")(doctor.doctor)
app.command("backup")(backup.backup)
app.command("restore")(restore.restore)
app.add_typer(account.app, name="account")
app.add_typer(knowledge.app, name="knowledge")
knowledge.app.command("calibrate")(calibrate.calibrate)
app.add_typer(routing.app, name="routing")
app.add_typer(evaluate.app, name="eval")
app.add_typer(secret.app, name="secret")
app.add_typer(conversation.app, name="conversation")
app.add_typer(retention.app, name="retention")


def main() -> None:
    """Entry of the ``wenzheng`` command. What refuses it is said in a line, and nothing of what the database was asked."""
    set_private_umask()
    try:
        app()
    except WrongSecretKey as error:
        errors.print(f"[bold red]✗[/] {escape(str(error))}", soft_wrap=True)
        sys.exit(1)
    except DATABASE_REFUSALS as error:
        errors.print(f"[bold red]✗[/] The database cannot do it now ({escape(refusal_of(error))}). Please try again.")
        sys.exit(1)


if __name__ == "__main__":
    main()
