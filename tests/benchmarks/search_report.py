"""What ``make bench-search`` found, as tables for people and as JSON for machines."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from rich.box import SIMPLE, SQUARE
from rich.console import Console
from rich.table import Table

from tests.benchmarks.search_engine import OURS
from tests.benchmarks.search_measure import EngineFindings

WIDTH = 140
# What is to be reached on two free cores: whole search at p95 by size, publishing at p95 by size, recall at 10.
SEARCH_MS = {100_000: 5.0, 1_000_000: 12.0}
PUBLISH_MS = {100_000: 200.0}
RECALL = 0.98


@dataclass
class Bar:
    """One thing that was promised, and whether it holds."""

    name: str
    reached: bool


@dataclass
class Found:
    """Everything: engines by size, the machine, and recall@1 and @5 on real phrasings."""

    machine: dict[str, object]
    engines: list[EngineFindings] = field(default_factory=list)
    quality: dict[str, tuple[float, float]] = field(default_factory=dict)

    @property
    def bars(self) -> list[Bar]:
        """What was promised, as far as it was measured."""
        bars = []
        for one in (one for one in self.engines if one.engine == OURS):
            size = f"{one.size:,}"
            if one.one and (most := SEARCH_MS.get(one.size)):
                took, own = one.one.wall.p95, one.one.cpu.p95
                told = f"whole search among {size}: p95 {took} ms (processor {own} ms), at most {most}"
                bars.append(Bar(told, took <= most))
            if one.visible_ms and (most := PUBLISH_MS.get(one.size)):
                took = one.visible_ms.p95
                bars.append(Bar(f"publish to visible at {size}: p95 {took} ms, at most {most}", took <= most))
            if (recall := one.recall_at_10) is not None:
                bars.append(Bar(f"recall@10 against exact at {size}: {recall}, at least {RECALL}", recall >= RECALL))
        return bars

    def save(self, path: Path) -> None:
        """Write everything as JSON."""
        path.parent.mkdir(parents=True, exist_ok=True)
        content = asdict(self) | {"bars": [asdict(bar) for bar in self.bars]}
        path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

    def show(self) -> None:
        """Print everything."""
        screen = Console(width=WIDTH, highlight=False)
        screen.print(f"\n{self.machine['cpus']} CPUs, load average at the start {self.machine['load_average']}")
        for size in sorted({one.size for one in self.engines}):
            for table in _tables(size, [one for one in self.engines if one.size == size]):
                screen.print(table)
        if self.quality:
            screen.print(_quality(self.quality))
        for bar in self.bars:
            screen.print(f"{'[green]reached[/]' if bar.reached else '[red]missed[/] '} {bar.name}")


def _tables(size: int, engines: Sequence[EngineFindings]) -> list[Table]:
    measured = [one for one in engines if one.one and one.eight]
    ours = next((one.one.wall.p50 for one in measured if one.engine == OURS and one.one), 0.0)
    speed = _table(
        f"Searching {size:,} texts; clients are threads of one process. CPU: processor time of the thread that asks",
        "1 client: p50 ms", "p95 ms", "CPU p95 ms", "p50 ÷ ours", "8 clients: p50 ms", "p95 ms", "searches/s",
    )  # fmt: skip
    for one in measured:
        speed.add_row(one.engine, *_speed(one, ours))
    costs = _table(
        f"Holding {size:,} texts", "build s", "memory MB", "÷ raw vectors", "add to visible p50 ms", "p95 ms", "recall@10", "",
    )  # fmt: skip
    for one in engines:
        if one in measured:
            share = f"{one.memory_mb / one.raw_vectors_mb:.2f}" if one.raw_vectors_mb else ""
            visible = (str(one.visible_ms.p50), str(one.visible_ms.p95)) if one.visible_ms else ("", "")
            recall = "" if one.recall_at_10 is None else f"{one.recall_at_10:.3f}"
            costs.add_row(
                one.engine, f"{one.build_seconds:.1f}", f"{one.memory_mb:.0f}", share, *visible, recall, one.note
            )
        else:
            costs.add_row(one.engine, *[""] * 6, one.note)
    return [speed, costs]


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=SQUARE if sys.stdout.isatty() else SIMPLE)
    table.add_column("")
    for name in columns:
        table.add_column(name, justify="right")
    return table


def _speed(one: EngineFindings, ours: float) -> list[str]:
    if one.one is None or one.eight is None:
        return []
    alone, crowd = one.one, one.eight
    ratio = f"{alone.wall.p50 / ours:.2f}" if ours else ""
    numbers = (alone.wall.p50, alone.wall.p95, alone.cpu.p95)
    together = (crowd.wall.p50, crowd.wall.p95, round(crowd.searches_per_second))
    return [*map(str, numbers), ratio, *map(str, together)]


def _quality(quality: dict[str, tuple[float, float]]) -> Table:
    title = "Right entry for phrasings held back"
    table = _table(title, "first", "among five")
    for name, (first, five) in quality.items():
        table.add_row(name, f"{first:.3f}", f"{five:.3f}")
    return table
