"""A group of commands that imports the code of a command only when that command is called: most need much of the assistant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, ClassVar

import typer
from typer.core import TyperCommand, TyperGroup


@dataclass(frozen=True)
class Place:
    """Where a command is (``module:name`` of a function or of a Typer app) and what the list of commands says of it."""

    code: str
    help: str


class LazyGroup(TyperGroup):
    """Knows its commands from ``places``, by their names in the order of the list."""

    places: ClassVar[Mapping[str, Place]] = {}

    def list_commands(self, ctx: Any) -> list[str]:
        """All names."""
        return list(self.places)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command if it was called before; else what the list needs to know of it."""
        if cmd_name in self.commands:
            return self.commands[cmd_name]
        place = self.places.get(cmd_name)
        return place and TyperCommand(cmd_name, help=place.help)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Import the command that is called."""
        if args and args[0] in self.places:
            self.load(args[0])
        return super().resolve_command(ctx, args)

    def load(self, name: str) -> Any:
        """The command itself; raises KeyError."""
        if name not in self.commands:
            module, _, attribute = self.places[name].code.partition(":")
            found = getattr(import_module(module), attribute)
            if isinstance(found, typer.Typer):
                made: Any = typer.main.get_group(found)
            else:
                alone = typer.Typer(add_completion=False)
                alone.command(name)(found)
                made = typer.main.get_command(alone)
            made.name = name
            self.commands[name] = made
        return self.commands[name]
