"""``wenzheng eval``: how well language is understood, measured on anybody's files.

Each command reads JSON lines, needs no running assistant, prints a table and, as its last line, all figures as JSON. Only
``reliability`` looks into the database, for the golden set.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import typer

from bot.lazy_commands import LazyGroup, Place


class Measures(LazyGroup):
    """What can be measured."""

    places: ClassVar[Mapping[str, Place]] = {
        name: Place(f"bot.commands.evaluate.{name}:{name}", words)
        for name, words in {
            "retrieval": "Whether titles are found by questions.",
            "reliability": "Whether probabilities are right as often as they say.",
            "routing": "Whether messages reach the responsible function of government.",
            "scope": "Whether government business is told from all else.",
            "intents": "Whether intents are understood.",
            "entities": "Whether entities are found.",
            "dialogue": "Whether typed messages are decided as those who labelled them would.",
            "danger": "Whether people in danger are heard, and calm ones left in peace.",
        }.items()
    }


app = typer.Typer(help="Measure understanding on files of your own.", cls=Measures, no_args_is_help=True)


@app.callback()
def evaluate() -> None:
    """Measure understanding on files of your own."""
