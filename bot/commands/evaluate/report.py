"""What a measurement prints: a table for people, and as the very last line all figures as JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

import typer
from rich.markup import escape
from rich.table import Table

from bot.commands.console import errors, screen
from knowledge_base.reliability import Reliability
from nlu.evaluation.metrics import DIGITS, accuracy, confusions, macro_f1

WORST = 20
CONFUSIONS_SHOWN = 10
SHOWN_CHARACTERS = 60


def progress(message: str) -> None:
    """A line on standard error, so that standard output has results only."""
    errors.print(f"[dim]… {escape(message)}[/]", soft_wrap=True)


def rounded(value: float) -> float:
    """A figure as it is written down."""
    return round(value, DIGITS)


def classified(right: Sequence[str], given: Sequence[str]) -> dict[str, object]:
    """Accuracy, macro-F1 and all confusions of a classification, and of how many."""
    return {
        "count": len(right),
        "accuracy": rounded(accuracy(right, given)),
        "macro_f1": rounded(macro_f1(right, given)),
        "confusions": [list(pair) for pair in confusions(right, given)],
    }


def figures_table(title: str, figures: Mapping[str, object]) -> None:
    """The plain numbers among ``figures``, a row each; groups of numbers are shown as ``group.name``."""
    table = Table("Measure", "Figure", box=None, pad_edge=False, title=title, title_justify="left")
    table.columns[1].justify = "right"
    for name, value in _flat(figures):
        table.add_row(name, f"{value:.3f}" if isinstance(value, float) else str(value))
    screen.print(table)


def cases_table(title: str, columns: Sequence[str], cases: Iterable[Sequence[object]]) -> None:
    """Single cases, long texts shortened; nothing where there is no case."""
    table = Table(*columns, box=None, pad_edge=False, title=title, title_justify="left")
    for case in cases:
        table.add_row(*(_shown(value) for value in case))
    if table.row_count:
        screen.print()
        screen.print(table)


def confusions_table(right: Sequence[str], given: Sequence[str]) -> None:
    """The most frequent confusions."""
    cases_table("Confusions", ("Right", "Given", "Count"), confusions(right, given)[:CONFUSIONS_SHOWN])


def reliability_table(title: str, found: Reliability) -> None:
    """Said and seen, a row for each range of probabilities that occurs; then Brier score and calibration error."""
    table = Table("Probability", "Questions", "Mean said", "Share right", box=None, pad_edge=False)
    for column in table.columns[1:]:
        column.justify = "right"
    for one in found.bins:
        table.add_row(f"{one.low:.1f}–{one.high:.1f}", str(one.count), f"{one.predicted:.3f}", f"{one.right:.3f}")
    screen.print(f"[italic]{escape(title)}[/]", soft_wrap=True)
    screen.print(table)
    screen.print(f"{found.count} questions, Brier score {found.brier:.4f}, calibration error {found.ece:.4f}")


def last_line(figures: Mapping[str, object]) -> None:
    """All figures as one line of JSON; nothing may be printed after it."""
    typer.echo(json.dumps(figures, ensure_ascii=False))


def _flat(figures: Mapping[str, object], prefix: str = "") -> Iterable[tuple[str, float]]:
    for name, value in figures.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{name}.")
        elif isinstance(value, (int, float)):
            yield f"{prefix}{name}", value


def _shown(value: object) -> str:
    text = f"{value:.3f}" if isinstance(value, float) else " ".join(str(value).split())
    return escape(text if len(text) <= SHOWN_CHARACTERS else text[: SHOWN_CHARACTERS - 1] + "…")
