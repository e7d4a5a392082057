"""What was measured, as tables for people and as JSON for machines."""

from __future__ import annotations

import json
import os
import platform
from dataclasses import asdict, dataclass, field
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.benchmarks.load import Load
from tests.benchmarks.search_latency import SearchLatency
from tests.benchmarks.steps import MEANING

WIDTH = 100
LARGEST_RATIO = 2.5
LONGEST_ANSWER_MS = 150.0


def machine() -> dict[str, object]:
    """What the numbers were measured on; the load average tells whether it was busy with other things."""
    return {
        "cpus": os.cpu_count(),
        "processor": platform.machine(),
        "python": platform.python_version(),
        "load_average": [round(value, 2) for value in os.getloadavg()],
    }


@dataclass
class Findings:
    """All numbers of one run. Doors are named ``product`` and ``bare_rasa``; memory in MB, starts in seconds.

    ``cpu_ms``: processor time of each process a turn, with one client.
    """

    machine: dict[str, object]
    loads: dict[str, list[Load]] = field(default_factory=dict)
    steps_ms: dict[str, float] = field(default_factory=dict)
    search: SearchLatency | None = None
    cpu_ms: dict[str, float] = field(default_factory=dict)
    peak_memory_mb: dict[str, float] = field(default_factory=dict)
    start_seconds: dict[str, float] = field(default_factory=dict)
    training: dict[str, float] = field(default_factory=dict)

    @property
    def ratios(self) -> list[float]:
        """Product's p50 over bare Rasa's, load by load."""
        pairs = zip(self.loads["product"], self.loads["bare_rasa"], strict=True)
        return [round(ours.latency.p50 / bare.latency.p50, 2) for ours, bare in pairs]

    @property
    def bars(self) -> dict[str, bool]:
        """What was promised, and whether it holds."""
        answer = self.loads["product"][0].latency.p95
        return {
            f"a turn costs at most {LARGEST_RATIO} × bare Rasa at p50 with one client: {self.ratios[0]} ×": (
                self.ratios[0] <= LARGEST_RATIO
            ),
            f"an answer takes under {LONGEST_ANSWER_MS:.0f} ms at p95 with one client: {answer} ms": (
                answer < LONGEST_ANSWER_MS
            ),
        }


def save(findings: Findings, path: Path) -> None:
    """Write everything as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    content = asdict(findings) | {"p50_ratios": findings.ratios, "bars": findings.bars}
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def show(findings: Findings) -> None:
    """Print everything."""
    screen = Console(width=WIDTH, highlight=False)
    busy = findings.machine
    screen.print(f"\n{busy['cpus']} CPUs ({busy['processor']}), load average at the start {busy['load_average']}")
    for table in (_turns(findings), _steps(findings), _search(findings), _processes(findings), _times(findings)):
        if table.row_count:
            screen.print(table)
    for bar, holds in findings.bars.items():
        screen.print(f"{'[green]✓[/]' if holds else '[red]✗[/]'} {bar}")


def _table(title: str, first: str, *others: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold")
    table.add_column(first)
    for name in others:
        table.add_column(name, justify="right")
    return table


def _turns(findings: Findings) -> Table:
    columns = ("clients", "turns", "p50 ms", "p95 ms", "turns/s", "p50 ratio")
    table = _table("A question through the whole product, and the same through bare Rasa", "", *columns)
    for place, ratio in enumerate(findings.ratios):
        for name, label in (("product", "product"), ("bare_rasa", "bare Rasa")):
            load = findings.loads[name][place]
            numbers = (load.clients, load.latency.count, load.latency.p50, load.latency.p95, load.throughput)
            table.add_row(label, *map(str, numbers), f"{ratio} ×" if name == "product" else "")
    return table


def _steps(findings: Findings) -> Table:
    table = _table("Where the time goes (one client, median)", "step", "ms")
    table.add_column("what")
    for name, value in findings.steps_ms.items():
        table.add_row(name, f"{value:.2f}", MEANING.get(name, ""))
    return table


def _search(findings: Findings) -> Table:
    table = _table("Search alone, over the similar questions", "", "questions", "p50 ms", "p95 ms")
    if findings.search:
        for name, spread in (("first pass", findings.search.cold), ("second pass", findings.search.warm)):
            table.add_row(name, str(spread.count), str(spread.p50), str(spread.p95))
        table.add_row("the very first search", "1", str(findings.search.first_ms), "")
    return table


def _processes(findings: Findings) -> Table:
    table = _table("What the processes cost", "process", "peak memory MB", "CPU ms a turn (one client)")
    for name, value in findings.peak_memory_mb.items():
        table.add_row(name, f"{value:.0f}", f"{findings.cpu_ms[name]:.2f}")
    return table


def _times(findings: Findings) -> Table:
    table = _table("Starting and training", "", "seconds")
    for name, value in (findings.start_seconds | findings.training).items():
        table.add_row(name.replace("_", " "), f"{value:.1f}")
    return table
