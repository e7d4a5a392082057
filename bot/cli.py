"""The ``wenzheng`` command. Each command lives in ``bot/commands/``; this file only gathers them."""

from __future__ import annotations

import typer

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
    train,
)

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
app.add_typer(conversation.app, name="conversation")
app.add_typer(retention.app, name="retention")


def main() -> None:
    """Entry of the ``wenzheng`` command."""
    app()


if __name__ == "__main__":
    main()
