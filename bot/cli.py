"""The ``wenzheng`` command. Each command lives in ``bot/commands/``; this file only gathers them."""

from __future__ import annotations

import typer

from bot.commands import account, ask, calibrate, chat, doctor, evaluate, index, knowledge, routing, run, secret, train
from bot.commands.console import errors
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
app.add_typer(account.app, name="account")
app.add_typer(knowledge.app, name="knowledge")
knowledge.app.command("calibrate")(calibrate.calibrate)
app.add_typer(routing.app, name="routing")
app.add_typer(evaluate.app, name="eval")
app.add_typer(secret.app, name="secret")


def main() -> None:
    """Entry of the ``wenzheng`` command."""
    set_private_umask()
    try:
        app()
    except WrongSecretKey as error:
        errors.print(f"[bold red]✗[/] {error}", soft_wrap=True)
        raise SystemExit(1) from error


if __name__ == "__main__":
    main()
