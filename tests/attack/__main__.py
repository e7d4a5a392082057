"""``make attack``: an attacker's and a saboteur's day with the product, on this machine alone.

``python -m tests.attack`` starts assistants of its own, prints a table of what held and writes ``artefacts/attack.json``.
It fails where something did not hold. ``--small``: with numbers for CI. ``--only WORD``: the trials whose name has it.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from bot.settings import ROOT
from tests.attack import faults, floods, forged, personal_data, starting, suites, words
from tests.attack.ground import WECHAT, Ground
from tests.attack.report import show
from tests.attack.trial import FULL, SMALL, Outcome, Scale, Trial, made
from tests.support.assistant import running_assistant
from tests.support.records import records_of

SMALL_DISK = "192m"
# Short, so that a turn whose process was killed is soon free for the next.
FRAGILE = {"WENZHENG_TURN_TIMEOUT": "6"}


@contextlib.contextmanager
def ground(folder: Path, scale: Scale, extra: dict[str, str]) -> Iterator[Ground]:
    """A running assistant with its data in ``folder``."""
    with running_assistant(folder, WECHAT | extra) as assistant, records_of(assistant.settings) as records:
        yield Ground(assistant, records, scale)


@contextlib.contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A disk that is soon full; an ordinary folder where none can be mounted."""
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SMALL_DISK}", "tmpfs", str(folder)], capture_output=True, check=False
    )
    try:
        yield folder
    finally:
        if mounted.returncode == 0:
            subprocess.run(["umount", "--lazy", str(folder)], check=False)


def outcomes(folder: Path, scale: Scale, only: str) -> Iterator[Outcome]:
    """All trials, one after the other."""

    def chosen(trials: list[Trial[Ground]]) -> list[Trial[Ground]]:
        return [trial for trial in trials if only in trial.name]

    quiet = chosen(words.TRIALS), chosen(floods.TRIALS), chosen(forged.TRIALS), chosen(personal_data.TRIALS)
    if any(quiet):
        with ground(folder / "doors", scale, {}) as here:
            for group, trials in zip(("words", "floods", "forged", "personal data"), quiet, strict=True):
                yield from made(group, trials, here)
    if fragile := [*chosen(faults.TRIALS), *chosen(starting.TRIALS)]:
        with ground(folder / "faults", scale, FRAGILE) as here:
            yield from made("faults", fragile, here)
    if full := chosen(faults.ON_A_SMALL_DISK):
        with small_disk(folder / "disk") as disk, ground(disk / "data", scale, FRAGILE) as here:
            yield from made("faults", full, here)
    yield from made("suites", [trial for trial in suites.TRIALS if only in trial.name], scale)


def main() -> None:
    """Entry of ``make attack``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="numbers for CI")
    parser.add_argument("--only", default="", help="only the trials whose name has this word")
    options = parser.parse_args()
    seen: list[Outcome] = []
    with tempfile.TemporaryDirectory(prefix="wenzheng-attack-", ignore_cleanup_errors=True) as folder:
        for outcome in outcomes(Path(folder), SMALL if options.small else FULL, options.only):
            print(f"· {outcome.state:<9} {outcome.name} ({outcome.seconds} s): {outcome.seen}", flush=True)
            seen.append(outcome)
    path = ROOT / os.environ.get("ARTEFACTS", "artefacts") / "attack.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        json.dumps([asdict(outcome) for outcome in seen], ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    show(seen)
    sys.exit(1 if any(outcome.state == "broken" for outcome in seen) else 0)


if __name__ == "__main__":
    main()
