"""Bare Rasa: a project with our pipeline and policies, and one rule that leads from a question to a built-in response.

It has what every Rasa project has and nothing else: the standard REST channel, trackers in memory, no action server.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import yaml

from bot.settings import ROOT, Settings
from bot.setup_steps import RASA_PYTHON, rasa_environment
from tests.support.assistant import free_port

INTENTS = ("ask_service", "greet")
TRAIN_SECONDS = 600
START_SECONDS = 180
ANSWER = "居住证在居住地的派出所办理，带上身份证和居住地址的证明。"


@dataclass(frozen=True)
class BareRasa:
    """A running bare Rasa; ``process_id`` is its only process."""

    port: int
    process_id: int


def _examples() -> list[dict[str, Any]]:
    """The training examples of our own that belong to the two intents."""
    found = []
    for path in sorted((ROOT / "bot" / "dialogue" / "nlu").glob("*.yml")):
        found += [
            item
            for item in yaml.safe_load(path.read_text(encoding="utf-8")).get("nlu", [])
            if item.get("intent") in INTENTS
        ]
    assert {item["intent"] for item in found} == set(INTENTS)
    return found


def write_project(folder: Path) -> None:
    """Write configuration, domain, training data, rule and credentials into ``folder``."""
    config = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))
    for policy in config["policies"]:
        policy.pop("core_fallback_action_name", None)
    rules = [{"rule": intent, "steps": [{"intent": intent}, {"action": "utter_answer"}]} for intent in ("ask_service",)]
    files: dict[str, Any] = {
        "config.yml": config,
        "domain.yml": {
            "version": "3.1",
            "intents": list(INTENTS),
            "responses": {"utter_answer": [{"text": ANSWER}]},
        },
        "data/nlu.yml": {"version": "3.1", "nlu": _examples()},
        "data/rules.yml": {"version": "3.1", "rules": rules},
        "credentials.yml": {"rest": None},
        "endpoints.yml": {},
    }
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")


def _environment(settings: Settings) -> dict[str, str]:
    """Ours: the pipeline's components are found from any folder."""
    return rasa_environment(settings) | {"PYTHONPATH": str(ROOT)}


def train(folder: Path, settings: Settings) -> float:
    """Train the project in ``folder``; returns the seconds it took."""
    started = time.monotonic()
    with (folder / "train.log").open("wb") as log:
        done = subprocess.run(
            [str(RASA_PYTHON), "-m", "rasa", "train", "--fixed-model-name", "bare"],
            cwd=folder,
            env=_environment(settings),
            stdout=log,
            stderr=subprocess.STDOUT,
            timeout=TRAIN_SECONDS,
            check=False,
        )
    assert done.returncode == 0, (folder / "train.log").read_text(encoding="utf-8")[-3000:]
    return time.monotonic() - started


@contextmanager
def running_bare_rasa(folder: Path, settings: Settings) -> Iterator[BareRasa]:
    """Serve the trained project on a free loopback port; stopped at the end whatever happens."""
    port = free_port()
    command = [
        *(str(RASA_PYTHON), "-m", "rasa", "run", "--interface", "127.0.0.1", "--port", str(port)),
        *("--model", "models/bare.tar.gz", "--credentials", "credentials.yml", "--endpoints", "endpoints.yml"),
    ]
    with (folder / "run.log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=folder, env=_environment(settings), stdout=log, stderr=subprocess.STDOUT
        )
    try:
        _wait_until_ready(port, process, folder / "run.log")
        yield BareRasa(port, process.pid)
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_ready(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(f"http://127.0.0.1:{port}/", timeout=3, trust_env=False).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.3)
    raise AssertionError(f"bare Rasa did not start:\n{log.read_text(encoding='utf-8')[-3000:]}")
