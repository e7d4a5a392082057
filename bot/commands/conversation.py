"""``wenzheng conversation``: what the assistant holds of one person, taken along or deleted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from bot.backup.errors import BackupError, disk_errors
from bot.backup.files import write_private
from bot.commands.console import done, errors, fail, screen, step
from bot.container import Storage, build_storage
from bot.erasing import erase_deleted
from bot.security.audit import COMMAND_LINE, AuditLog
from bot.settings import get_settings
from bot.setup_steps import prepare_database
from bot.short_memory import RedisShortMemory
from channels.conversations.deletion import ConversationDeletion, ConversationNotFound, Preview, TurnInProgress
from channels.conversations.person_copy import copy_for_person

app = typer.Typer(help="What is held of one person: take it along, delete it.", no_args_is_help=True)

Id = Annotated[str, typer.Argument(help="The conversation's id, as in the console's address.")]
OpenId = Annotated[str, typer.Option(help="The person's WeChat OpenID, instead of an id.")]
TicketNumber = Annotated[str, typer.Option("--ticket", help="The number of a ticket filed in it, instead of an id.")]
AWAY = (
    "Redis cannot be reached, and it may hold some of the conversation. Start the assistant (make run), then try again"
)


@app.callback()
def conversations() -> None:
    """What is held of one person: take it along, delete it."""


@app.command("delete")
def delete(
    conversation_id: Id = "",
    openid: OpenId = "",
    ticket: TicketNumber = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do it; without, only what would go is shown.")] = False,
    keep_phrases: Annotated[
        bool, typer.Option("--keep-phrases", help="Keep the training phrases that staff took from it (masked).")
    ] = False,
    vacuum: Annotated[
        bool, typer.Option(help="SQLite: also write the file anew, for what older versions left in it. Blocks writers.")
    ] = True,
) -> None:
    """Show what is held of a conversation and what would stay; with --yes delete it, for good."""
    storage = _storage()
    memory = RedisShortMemory(storage.settings)
    deletion = ConversationDeletion(storage.sessions, memory)
    try:
        found = _find(deletion, conversation_id, openid, ticket)
        preview = deletion.preview(found, keep_phrases=keep_phrases)
        _show(preview)
        if not yes:
            screen.print("Nothing was deleted. With --yes it is.")
            return
        with step("Deleting"):
            gone = deletion.delete(found, keep_phrases=keep_phrases)
            AuditLog(storage.sessions).record(COMMAND_LINE, "conversation.delete", found, _in_words(gone))
        _erase(storage, memory, vacuum=vacuum)
    except ConversationNotFound:
        left = _forget_rest(deletion, memory, conversation_id)
        fail(
            "There is no such conversation"
            + (f"; {left} things that Redis still held of it were dropped" if left else "")
        )
    except TurnInProgress:
        fail("A message of this conversation is being answered at this moment. Try again in half a minute")
    except OSError:
        fail(AWAY)
    finally:
        storage.engine.dispose()
    done(f"Deleted: {_in_words(gone)}")
    screen.print(
        "Back-ups made before now still hold it, and so do data that a restore set aside, until you delete them.",
        soft_wrap=True,
    )


@app.command("export")
def export(
    conversation_id: Id = "",
    openid: OpenId = "",
    ticket: TicketNumber = "",
    out: Annotated[Path | None, typer.Option(help="Write into this new file; without, to standard output.")] = None,
) -> None:
    """A copy of all that is held of a conversation and its tickets, as JSON for the person it belongs to."""
    storage = _storage()
    deletion = ConversationDeletion(storage.sessions, RedisShortMemory(storage.settings))
    try:
        found = _find(deletion, conversation_id, openid, ticket)
        copy = copy_for_person(storage.sessions, storage.cipher, found)
        AuditLog(storage.sessions).record(COMMAND_LINE, "conversation.export", found)
    except ConversationNotFound:
        fail("There is no such conversation")
    finally:
        storage.engine.dispose()
    text = json.dumps(copy, ensure_ascii=False, indent=2)
    if out is None:
        typer.echo(text)
        return
    try:
        with disk_errors(out, "Writing"):
            write_private(out, text.encode() + b"\n")
    except BackupError as error:
        fail(str(error))
    done(f"Written: {out}. Hand it to nobody but the person, and delete it afterwards")


def _storage() -> Storage:
    settings = get_settings()
    prepare_database(settings)
    return build_storage(settings)


def _find(deletion: ConversationDeletion, conversation_id: str, openid: str, ticket: str) -> str:
    if sum(map(bool, (conversation_id, openid, ticket))) != 1:
        fail("Name one conversation: its id, or --openid, or --ticket")
    return deletion.find(conversation_id=conversation_id, openid=openid, ticket=ticket)


def _forget_rest(deletion: ConversationDeletion, memory: RedisShortMemory, conversation_id: str) -> int:
    """What a killed deletion may have left in Redis."""
    if len(conversation_id) != 32:
        return 0
    try:
        left = deletion.forget_only(conversation_id)
        if left:
            memory.rewrite_log()
    except OSError:
        return 0
    return left


def _show(preview: Preview) -> None:
    screen.print(
        f"Conversation {preview.conversation_id} ({preview.channel}), "
        f"{preview.begun:%Y-%m-%d %H:%M} to {preview.last:%Y-%m-%d %H:%M} UTC",
        soft_wrap=True,
    )
    table = Table("What goes", "Rows", box=None, pad_edge=False)
    for name, count in preview.goes.items():
        table.add_row(name, str(count))
    table.add_row("Redis (dialogue, WeChat, queue)", str(preview.remembered))
    screen.print(table)
    screen.print("What stays:")
    for line in _stays(preview):
        screen.print(f"  {line}", soft_wrap=True)


def _stays(preview: Preview) -> list[str]:
    stays = []
    if preview.tickets:
        numbers = ", ".join(preview.tickets)
        stays.append(f"tickets {numbers}: official records; the person reads their news with number and code")
    if preview.phrasings:
        stays.append(f"{len(preview.phrasings)} masked sentences that staff made phrasings of entries: see 知识库")
    if preview.audit:
        stays.append(f"{preview.audit} audit records that name its id: what staff did, not what was said")
    return [*stays, "how often entries were found and rated: numbers without persons"]


def _erase(storage: Storage, memory: RedisShortMemory, *, vacuum: bool) -> None:
    with step("Erasing it from the files"):
        erased = erase_deleted(storage.engine, vacuum=vacuum)
        rewritten = memory.rewrite_log()
    if not erased:
        errors.print(
            "The database was too busy to empty its log; it does so by itself soon. To be sure, run again later."
        )
    if not rewritten:
        errors.print("Redis did not write its file anew; deleted keys stay in it until it does (BGREWRITEAOF).")


def _in_words(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.items() if count) or "nothing"
