"""How well Chinese is understood, on real data that nothing of ours was made from: ``make bench-language``.

The data are not part of the project: ``--data FOLDER`` or WENZHENG_BENCHMARKS says where they are. Baselines are measured in
the same run. Exit code 1: a bar is missed; 2: the data are not there.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot.commands.evaluate.models import load_present_encoder
from bot.settings import ROOT, get_settings
from tests.benchmarks.language_measures import (
    Measure,
    addresses,
    intents_compared,
    routed,
    scoped,
    services,
    statutes,
)
from tests.benchmarks.report import machine

DATA = ROOT.parent / "shared" / "benchmarks"
FILES = ("services_dev", "statutes_dev", "routing_train", "out_of_scope_dev", "address_dev")
PARTS = ("services", "statutes", "scope", "routing", "addresses")
WIDTH = 120


def table(measures: Iterable[Measure]) -> Table:
    """What was measured, for people."""
    made = Table("Measure", "Baseline", "Ours", "Bar", "Reached", title="Understanding Chinese", title_justify="left")
    for one in measures:
        bar = "" if one.bar is None else f"{'≤' if one.lower else '≥'} {one.bar:g}"
        mark = {None: "", True: "[green]yes[/]", False: "[red]no[/]"}[one.reached]
        baselines = "\n".join(f"{name} {value:.3f}" for name, value in (one.baselines or {}).items())
        made.add_row(one.name, baselines, f"{one.ours:.3f}", bar, mark)
    return made


def write(measures: Iterable[Measure], path: Path) -> None:
    """What was measured, for machines."""
    rows = [
        {
            "measure": one.name,
            "baselines": dict(one.baselines or {}),
            "ours": one.ours,
            "bar": one.bar,
            "lower_is_better": one.lower,
            "reached": one.reached,
        }
        for one in measures
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"machine": machine(), "measures": rows}, ensure_ascii=False, indent=1)
    path.write_text(text + "\n", encoding="utf-8")


def main() -> int:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("WENZHENG_BENCHMARKS") or DATA))
    parser.add_argument("--intents", action="store_true", help="also our pipeline against Rasa's default one: minutes")
    parser.add_argument("--only", nargs="*", choices=PARTS, default=PARTS, help="some of the measures")
    parser.add_argument(
        "--out", type=Path, default=Path(os.environ.get("ARTEFACTS", "artefacts")) / "bench-language.json"
    )
    options = parser.parse_args()
    missing = [f"{name}.jsonl" for name in FILES if not (options.data / f"{name}.jsonl").is_file()]
    if missing:
        print(
            f"✗ The benchmark data are not in {options.data}: {', '.join(missing)} missing.\n"
            "  Say where they are: make bench-language WENZHENG_BENCHMARKS=/path/to/benchmarks",
            file=sys.stderr,
        )
        return 2
    settings, data = get_settings(), options.data
    parts: dict[str, Callable[[], Iterable[Measure]]] = {
        "services": lambda: services(data, load_present_encoder(settings)),
        "statutes": lambda: statutes(data, load_present_encoder(settings)),
        "scope": lambda: scoped(data, load_present_encoder(settings)),
        "routing": lambda: routed(data),
        "addresses": lambda: addresses(data),
    }
    measures = [one for name in options.only for one in parts[name]()]
    if options.intents:
        measures += intents_compared(settings)
    Console(width=WIDTH).print(table(measures))
    write(measures, options.out)
    return 1 if any(one.reached is False for one in measures) else 0


if __name__ == "__main__":
    raise SystemExit(main())
