"""The turns that ``wenzheng eval dialogue`` measures on: the held-out pens, or a file of anybody's."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from actions.deciding.scenarios import ACTS, DANGER, Said, files, in_order, read
from bot.commands.console import fail
from bot.commands.evaluate.rows import WRONG_INPUT, TextRow, read_rows
from bot.setup_steps import SCENARIOS


class DialogueRow(TextRow):
    """A turn of a citizen; those of one conversation stand one after the other.

    ``entry``: ids of the entries that are right, parted by ``|`` (the matters of one message by ``;``), empty where the
    knowledge base has none. ``aspect``: names parted by ``|``. ``reply``: what was answered, tells what a form asked for.
    """

    conversation: str = ""
    act: str
    entry: str = ""
    aspect: str = ""
    reply: str = ""


def read_turns(file: Path | None) -> Sequence[Said]:
    """All turns but those of danger, which ``wenzheng eval danger`` measures."""
    if file is None:
        return [one for one in read(files(SCENARIOS, held_out=True)) if one.act != DANGER]
    rows = read_rows(file, DialogueRow, lambda row: None if row.act in ACTS else f"no act {row.act!r}")
    if not rows:
        fail(f"{file} has no rows", WRONG_INPUT)
    turns = [(str(place) if not row.conversation else row.conversation, _turn(row)) for place, row in enumerate(rows)]
    return [one for one in in_order(file.stem, turns) if one.act != DANGER]


def _turn(row: DialogueRow) -> dict[str, Any]:
    matters = [part for part in row.entry.split(";") if part.strip()] if row.entry else [""]
    entries = [[name.strip() for name in matter.split("|") if name.strip()] for matter in matters]
    aspects = [name.strip() for name in row.aspect.split("|") if name.strip() and name.strip() != "general"]
    return {
        "said": row.text,
        "act": row.act,
        "entries": entries,
        "aspects": aspects,
        "reply": row.reply,
        "matter": row.entry,
    }
