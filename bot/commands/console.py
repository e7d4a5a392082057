"""The terminal as commands use it: steps with progress, clear failures."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn

screen = Console(highlight=False)
errors = Console(stderr=True, highlight=False)


def fail(message: str, code: int = 1) -> NoReturn:
    """One clear line on standard error, and the end."""
    errors.print(f"[bold red]✗[/] {message}", soft_wrap=True)
    raise typer.Exit(code)


def done(message: str) -> None:
    """A step is done."""
    screen.print(f"[green]✓[/] {message}", soft_wrap=True)


@contextmanager
def step(title: str) -> Iterator[Callable[[float], None]]:
    """Show a long step with its share done (0–1); on a plain terminal a line at the start and one at the end."""
    started = time.monotonic()
    if not screen.is_terminal:
        screen.print(f"… {title}")
        yield lambda share: None
    else:
        columns = (
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=screen, transient=True) as bar:
            task = bar.add_task(title, total=1.0)
            yield lambda share: bar.update(task, completed=share)
    done(f"{title} ({time.monotonic() - started:.1f} s)")
