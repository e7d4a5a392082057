"""``wenzheng account``: staff accounts of the console."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
import yaml

from bot.commands.console import done, fail
from bot.container import build_storage
from bot.security.audit import COMMAND_LINE
from bot.security.errors import InvalidAccount, SecurityError, UnknownAccount
from bot.security.register import normalised
from bot.settings import get_settings
from bot.setup_steps import prepare_database

REFUSALS = Path(__file__).parent / "account_refusals.yml"
app = typer.Typer(help="Staff accounts of the console.", no_args_is_help=True)


@app.callback()
def accounts() -> None:
    """Staff accounts of the console."""


def refusal(error: SecurityError) -> str:
    """Why something was not done, in English."""
    if isinstance(error, UnknownAccount):
        return f"There is no account {error.username}."
    words: dict[str, str] = yaml.safe_load(REFUSALS.read_text(encoding="utf-8"))
    if isinstance(error, InvalidAccount) and error.code in words:
        return words[error.code].format(**error.values)
    return str(error)


@app.command("add")
def add(
    name: Annotated[str, typer.Argument(help="What the person signs in with.")],
    role: Annotated[list[str], typer.Option(help="curator, handler, manager …; may be given several times.")],
    display_name: Annotated[str, typer.Option(help="What others see.")] = "",
    department: Annotated[str, typer.Option(help="The person's department.")] = "",
    password: Annotated[
        str, typer.Option(envvar="WENZHENG_NEW_PASSWORD", prompt="Password", hide_input=True, confirmation_prompt=True)
    ] = "",
) -> None:
    """Create an account. The password is asked for, or taken from WENZHENG_NEW_PASSWORD."""
    settings = get_settings()
    prepare_database(settings)
    try:
        build_storage(settings).accounts.create(
            name, password=password, display_name=display_name, roles=role, department=department
        )
    except SecurityError as error:
        fail(refusal(error))
    done(f"Account {name} was created. Sign in at {settings.base_url}/console")


@app.command("unlock")
def unlock(name: Annotated[str, typer.Argument(help="Who has to wait because of wrong sign-ins.")]) -> None:
    """Forget the wrong sign-ins of a name, so that its owner can sign in at once in a new browser."""
    settings = get_settings()
    prepare_database(settings)
    try:
        build_storage(settings).accounts.unlock(name)
    except SecurityError as error:
        fail(refusal(error))
    done(f"The wrong sign-ins of {name} are forgotten")


@app.command("totp-reset")
def totp_reset(name: Annotated[str, typer.Argument(help="Whose second factor is lost.")]) -> None:
    """Take the second factor off an account whose owner lost the telephone; the person is signed out everywhere."""
    settings = get_settings()
    prepare_database(settings)
    try:
        build_storage(settings).accounts.reset_second_factor(name)
    except SecurityError as error:
        fail(refusal(error))
    done(f"The second factor of {name} was reset; the password is enough now")


@app.command("token")
def token(
    name: Annotated[str, typer.Argument(help="Whose token: it may do what this account may do.")],
    purpose: Annotated[str, typer.Option(help="What it is for; it is listed under this name.")],
    days: Annotated[int, typer.Option(help="How long it works.")] = 90,
    read_only: Annotated[bool, typer.Option("--read-only", help="It reads and changes nothing.")] = False,
) -> None:
    """Make a token for the knowledge API. It is printed once, alone on standard output."""
    settings = get_settings()
    prepare_database(settings)
    try:
        made = build_storage(settings).accounts.tokens.make(
            normalised(name), purpose, days=days, read_only=read_only, actor=COMMAND_LINE
        )
    except SecurityError as error:
        fail(refusal(error))
    typer.echo(made)
