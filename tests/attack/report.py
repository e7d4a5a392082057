"""The outcomes of ``make attack`` as a table for people."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tests.attack.trial import Outcome

WIDTH = 140
SIGNS = {"held": "[green]✓ held[/]", "broken": "[red]✗ broken[/]", "not tried": "[yellow]– not tried[/]"}


def show(outcomes: list[Outcome]) -> None:
    """Print the table and one line that sums it up."""
    screen = Console(width=WIDTH, highlight=False)
    table = Table(title="What was tried, and what held", title_justify="left", title_style="bold")
    for name in ("", "trial", "", "s", "seen"):
        table.add_column(name, justify="right" if name == "s" else "left")
    for outcome in outcomes:
        table.add_row(outcome.group, outcome.name, SIGNS[outcome.state], f"{outcome.seconds:.0f}", escape(outcome.seen))
    screen.print(table)
    counts = {state: sum(outcome.state == state for outcome in outcomes) for state in SIGNS}
    screen.print(f"{counts['held']} held, {counts['broken']} broken, {counts['not tried']} not tried")
