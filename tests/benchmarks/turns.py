"""``make bench``: what a turn of the product costs against bare Rasa, and what the product costs besides.

``python -m tests.benchmarks.turns`` prints tables and writes ``artefacts/bench.json``; ``--training`` also measures
both training steps (minutes). The exit code tells whether measuring worked, not whether the numbers are good.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path

from bot.settings import ROOT, Settings
from knowledge_base.content_schema import load_content
from tests.benchmarks import bare_rasa
from tests.benchmarks.doors import BareDoor, ProductDoor
from tests.benchmarks.load import MakeDoor, many_clients, one_client
from tests.benchmarks.process_costs import cpu_milliseconds, peak_megabytes
from tests.benchmarks.report import Findings, machine, save, show
from tests.benchmarks.search_latency import measure_search
from tests.benchmarks.steps import newest_turn, step_medians
from tests.benchmarks.training import training_seconds
from tests.support.assistant import RunningAssistant, child_processes, running_assistant

WARM_UP = 20
TURNS = 200
CLIENTS = 16
SECONDS = 20.0
SLICES = 4
SEARCHES = 2000
PROCESSES = {"app": "-m bot.app", "rasa": "-m rasa", "worker": "-m bot.worker", "redis": "redis-server"}
NO_LIMIT = {"WENZHENG_RATE_LIMIT": "1000000/minute", "WENZHENG_CONVERSATION_RATE_LIMIT": "1000000/minute"}


def say(words: str) -> None:
    """What is going on, for whoever waits."""
    print(f"· {words}", flush=True)


def questions() -> tuple[list[str], list[str]]:
    """One question of each entry, for turns; all similar questions, for search."""
    entries = [entry for content in load_content(Settings().content_dir) for entry in content.entries]
    return [entry.question for entry in entries], [text for entry in entries for text in entry.similar][:SEARCHES]


def start_seconds(folder: Path) -> float:
    """Seconds from the command to a ready assistant, which is stopped again."""
    started = time.monotonic()
    with running_assistant(folder, NO_LIMIT):
        return round(time.monotonic() - started, 1)


def measure_turns(findings: Findings, assistant: RunningAssistant, bare: bare_rasa.BareRasa, asked: list[str]) -> None:
    """Fill in loads, steps and what the processes cost."""
    doors: dict[str, MakeDoor] = {
        "product": lambda: ProductDoor(assistant.settings.port),
        "bare_rasa": lambda: BareDoor(bare.port),
    }
    children = child_processes(assistant.process.pid)
    processes = {name: pid for name, sign in PROCESSES.items() for pid, command in children.items() if sign in command}
    processes |= {"supervisor": assistant.process.pid, "(bare Rasa)": bare.process_id}
    say(f"one client, {TURNS} turns each")
    dsn = assistant.settings.database_dsn
    before = newest_turn(dsn) + WARM_UP
    used: dict[str, float] = {}

    def begins() -> None:
        used.update({name: cpu_milliseconds(process) for name, process in processes.items()})

    single = one_client(doors, asked, turns=TURNS, warm_up=WARM_UP, begins=begins)
    findings.cpu_ms = {
        name: round((cpu_milliseconds(process) - used[name]) / TURNS, 2) for name, process in processes.items()
    }
    findings.steps_ms = step_medians(dsn, before)
    say(f"{CLIENTS} clients, {SECONDS:.0f} s each")
    crowd = many_clients(doors, asked, clients=CLIENTS, seconds=SECONDS, slices=SLICES)
    findings.loads = {name: [single[name], crowd[name]] for name in doors}
    findings.peak_memory_mb = {name: peak_megabytes(process) for name, process in processes.items()}


def measure(folder: Path, *, training: bool) -> Findings:
    """Everything, one after the other; temporary data in ``folder``."""
    findings = Findings(machine())
    asked, similar = questions()
    data, bare_folder = folder / "data", folder / "bare"
    settings = Settings(data_dir=data, model_dir=Settings().models)
    say("training bare Rasa")
    bare_rasa.write_project(bare_folder)
    findings.training["bare Rasa, training"] = round(bare_rasa.train(bare_folder, settings), 1)
    say("first start, with an empty data folder")
    findings.start_seconds["first start"] = start_seconds(data)
    say("second start")
    started = time.monotonic()
    with running_assistant(data, NO_LIMIT) as assistant:
        findings.start_seconds["second start"] = round(time.monotonic() - started, 1)
        with bare_rasa.running_bare_rasa(bare_folder, settings) as bare:
            measure_turns(findings, assistant, bare, asked)
    say(f"search, {len(similar)} questions")
    findings.search = measure_search(settings, similar)
    if training:
        say("training the encoder and Rasa from nothing")
        findings.training |= training_seconds(folder / "training")
    return findings


def main() -> None:
    """Entry of ``make bench``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--training", action="store_true", help="measure both training steps too")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="wenzheng-bench-") as folder:
        findings = measure(Path(folder), training=options.training)
    path = ROOT / os.environ.get("ARTEFACTS", "artefacts") / "bench.json"
    save(findings, path)
    show(findings)
    print(f"Written to {path}")


if __name__ == "__main__":
    main()
