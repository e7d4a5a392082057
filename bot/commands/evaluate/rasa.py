"""Our modules that run in Rasa's environment, called as programs; each ends with one line of JSON."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from typing import Any

from rich.markup import escape

from bot.commands.console import fail
from bot.settings import ROOT, Settings
from bot.setup_steps import RASA_PYTHON, rasa_environment

TIMEOUT = 3600


def run_in_rasa(settings: Settings, module: str, arguments: Sequence[str]) -> dict[str, Any]:
    """Run ``python -m module`` with Rasa's Python, its progress going to standard error; ends the command if it fails."""
    if not RASA_PYTHON.is_file():
        fail("The Rasa environment .venv-rasa is missing. Run: make setup")
    command = [str(RASA_PYTHON), "-m", module, *arguments]
    try:
        finished = subprocess.run(  # noqa: S603 - our own command
            command, cwd=ROOT, env=rasa_environment(settings), stdout=subprocess.PIPE, check=False, timeout=TIMEOUT
        )
    except subprocess.TimeoutExpired:
        fail(f"{module} took longer than {TIMEOUT} s")
    lines = finished.stdout.decode("utf-8", "replace").strip().splitlines()
    if finished.returncode != 0 or not lines:
        fail(f"{module} failed with code {finished.returncode}. The reason stands above")
    try:
        result: dict[str, Any] = json.loads(lines[-1])
    except ValueError:
        fail(f"{module} printed no result: {escape(lines[-1][:200])}")
    return result
