"""``wenzheng secret``: the root secret that personal data are sealed with."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.commands.console import done, fail, screen
from bot.database import create_database_engine
from bot.locks import Holder, holder_of
from bot.security.root_secret import LOST, WrongSecretKey, accept_secret, secret_for
from bot.settings import get_settings
from bot.setup_steps import SetupError, prepare_schema
from bot.supervision.instance import instance_lock

app = typer.Typer(help="The secret key that personal data are sealed with.", no_args_is_help=True)


@app.callback()
def secret() -> None:
    """The secret key that personal data are sealed with."""


@app.command("accept")
def accept(yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False) -> None:
    """Go on with the present key, or a new one, though the database was written with another that is lost for good."""
    settings = get_settings()
    if (holder := holder_of(instance_lock(settings.data_dir))) is not None:
        fail(f"The assistant is running ({_process(holder)}). Stop it first.")
    try:
        prepare_schema(settings)
    except SetupError as error:
        fail(str(error))
    engine = create_database_engine(settings.database_dsn)
    configured = settings.secret_key.get_secret_value()
    try:
        secret_for(configured, settings.data_dir, engine)
    except WrongSecretKey:
        screen.print(f"What is lost: {LOST}", soft_wrap=True)
        if not yes and not typer.confirm("Is the old key lost for good?"):
            fail("Nothing was changed.")
        accept_secret(configured, settings.data_dir, engine)
        done(
            "The present key is the one from now on. Second factors that were set up before: wenzheng account totp-reset"
        )
    else:
        done("The present key is the right one; there is nothing to do")
    finally:
        engine.dispose()


def _process(holder: Holder) -> str:
    return f"process {holder.pid}"
