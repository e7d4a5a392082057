"""``wenzheng ask``: one question, or one a line of a file, against the running assistant."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.commands.console import errors, fail, screen
from bot.commands.internal_client import AssistantNotRunning, InternalClient
from bot.commands.plain import plain
from bot.settings import get_settings


def ask(
    question: Annotated[str, typer.Argument(help="The question.")] = "",
    file: Annotated[Path | None, typer.Option(exists=True, dir_okay=False, help="One question a line.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Ask the running assistant. Every question has a conversation of its own."""
    questions = file.read_text(encoding="utf-8").splitlines() if file else [question]
    questions = [line.strip() for line in questions if line.strip()]
    if not questions:
        fail("Nothing to ask: give a question, or --file with one a line.", 2)
    try:
        with InternalClient(get_settings()) as client:
            answered = [_asked(client, text, as_json) for text in questions]
    except AssistantNotRunning as error:
        fail(str(error))
    if not all(answered):
        raise typer.Exit(1)


def _asked(client: InternalClient, text: str, as_json: bool) -> bool:
    """Ask and print; whether there was an answer and no refusal."""
    try:
        data = client.turn(text)
    except ValueError as error:
        errors.print(f"{text}: {error}", markup=False)
        return False
    _print(text, data, as_json)
    return True


def _print(question: str, data: dict[str, Any], as_json: bool) -> None:
    reply = plain(data["parts"])
    if not as_json:
        screen.print(reply, markup=False)
        return
    row = {"question": question, "reply": reply}
    row |= {name: data[name] for name in ("intent", "confidence", "decision", "hits", "latency_ms")}
    typer.echo(json.dumps(row, ensure_ascii=False))
