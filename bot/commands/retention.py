"""``wenzheng retention``: what is kept for how long, what is due, and its deletion."""

from __future__ import annotations

import typer

from bot.commands.console import done, fail, screen, step
from bot.container import Storage, build_storage
from bot.erasing import erase_deleted
from bot.retention.rules import Counts, kinds
from bot.retention.service import Retention
from bot.security.audit import COMMAND_LINE
from bot.settings import get_settings
from bot.setup_steps import prepare_database
from bot.short_memory import RedisShortMemory

HOUR = 3600.0

app = typer.Typer(help="What is kept for how long, and the deletion of what is due.", no_args_is_help=True)


@app.callback()
def retention() -> None:
    """What is kept for how long, and the deletion of what is due."""


@app.command("preview")
def preview() -> None:
    """Show the terms in force and what a run would delete now. Changes nothing."""
    storage = _storage()
    try:
        due = Retention(storage.settings, storage.sessions, RedisShortMemory(storage.settings)).preview()
    finally:
        storage.engine.dispose()
    for name, kind in kinds().items():
        term = kind.term(storage.settings)
        setting = f" (WENZHENG_{kind.setting.upper()})" if kind.setting else ""
        kept = f"{term} days" if term else "for ever"
        screen.print(f"[bold]{name}[/]: {kind.label}")
        screen.print(f"    kept {kept}{setting}, counted from {kind.since}", soft_wrap=True)
        if name in due:
            screen.print(f"    due now: {_in_words(due[name])}", soft_wrap=True)
    screen.print("The audit log is not among them: docs/security.md says how old records are dropped.", soft_wrap=True)


@app.command("run")
def run() -> None:
    """Delete what is due now; the worker does the same every night."""
    storage = _storage()
    memory = RedisShortMemory(storage.settings)
    try:
        with step("Deleting what is due"):
            made = Retention(storage.settings, storage.sessions, memory).run(actor=COMMAND_LINE, seconds=HOUR)
        with step("Erasing it from the files"):
            erase_deleted(storage.engine)
            if any(made.deleted.get("conversations", {}).values()):
                memory.rewrite_log()
    except OSError:
        fail(
            "Redis cannot be reached, and it may hold some of what is due. Start the assistant (make run), then run this "
            "again: what was deleted so far stays deleted"
        )
    finally:
        storage.engine.dispose()
    for name, counts in made.deleted.items():
        if any(counts.values()):
            done(f"{name}: {_in_words(counts)}")
    if not any(any(counts.values()) for counts in made.deleted.values()):
        done("Nothing was due")
    if not made.finished:
        screen.print("An hour is over and more is due: run it again.")


def _storage() -> Storage:
    settings = get_settings()
    prepare_database(settings)
    return build_storage(settings)


def _in_words(counts: Counts) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.items() if count) or "nothing"
