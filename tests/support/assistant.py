"""A whole assistant for tests: its own ports and data folder, the models that are already trained."""

from __future__ import annotations

import json
import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from bot.commands.internal_client import InternalClient
from bot.settings import ROOT, Settings

START_SECONDS = 300


def free_port() -> int:
    """A loopback port nobody listens on, below those that systems give to outgoing connections.

    A process that dies and is started again must find its port free.
    """
    for port in random.sample(range(15000, 32000), 100):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError("no free port in a hundred tries")


def settings_environment(folder: Path, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """``WENZHENG_…`` variables of an assistant with its own ports whose data live in ``folder``."""
    names = ("PORT", "INTERNAL_PORT", "RASA_PORT", "REDIS_PORT")
    return {
        **{f"WENZHENG_{name}": str(free_port()) for name in names},
        "WENZHENG_DATA_DIR": str(folder),
        "WENZHENG_MODEL_DIR": os.environ.get("WENZHENG_MODEL_DIR", str(ROOT / "var" / "models")),
        "WENZHENG_RATE_LIMIT": "1000/minute",
        "WENZHENG_CONVERSATION_RATE_LIMIT": "1000/minute",
        **(extra or {}),
    }


def fresh_environment(folder: Path, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The whole environment for a command of ours that has nothing to do with any running assistant."""
    return {**os.environ, **settings_environment(folder, extra)}


def child_processes(parent: int) -> dict[int, str]:
    """The processes that ``parent`` started: command lines by process id."""
    listing = subprocess.run(
        ["ps", "-o", "pid=,args=", "--ppid", str(parent)], capture_output=True, text=True, check=False
    )
    rows = [line.split(maxsplit=1) for line in listing.stdout.splitlines()]
    return {int(pid): command for pid, command in rows}


@dataclass
class RunningAssistant:
    """``wenzheng run`` as a child process."""

    process: subprocess.Popen[bytes]
    settings: Settings
    environment: dict[str, str]
    output: Path

    @property
    def base_url(self) -> str:
        """Where the public app answers."""
        return f"http://127.0.0.1:{self.settings.port}"

    def client(self, **options: Any) -> httpx.Client:
        """An HTTP client for the public app."""
        return httpx.Client(base_url=self.base_url, timeout=30, trust_env=False, **options)

    def internal(self) -> InternalClient:
        """Turns with their grounds."""
        return InternalClient(self.settings)

    def wenzheng(self, *arguments: str, check: bool = True, **options: Any) -> subprocess.CompletedProcess[str]:
        """Run a command of ours against this assistant."""
        command = [str(ROOT / ".venv" / "bin" / "wenzheng"), *arguments]
        return subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=120, check=check, **options
        )

    def process_id(self, module: str) -> int:
        """The process id of the child that runs ``module`` (``bot.app``, ``bot.worker``, ``rasa``)."""
        children = child_processes(self.process.pid)
        found = [pid for pid, command in children.items() if f"-m {module}" in command]
        assert len(found) == 1, children
        return found[0]

    def wait_until_ready(self, seconds: float = START_SECONDS) -> None:
        """Wait for ``/readyz``; fails with what was printed."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            try:
                if httpx.get(f"{self.base_url}/readyz", timeout=3, trust_env=False).status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            time.sleep(0.3)
        raise AssertionError(f"the assistant did not become ready:\n{self.output.read_text()[-4000:]}")

    def stop(self) -> None:
        """Stop it as systemd does; where tests run in the background, Ctrl-C is ignored."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def _value(text: str) -> Any:
    """A setting as the environment holds it: lists and tables are JSON there."""
    return json.loads(text) if text[:1] in {"{", "["} else text


@contextmanager
def running_app(folder: Path) -> Iterator[str]:
    """The app alone, without Rasa, worker and Redis: for pages that need none of them. Gives its address."""
    environment = fresh_environment(folder)
    address = f"http://127.0.0.1:{environment['WENZHENG_PORT']}"
    with (folder / "app.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot.app"], cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT
        )
    try:
        deadline = time.monotonic() + START_SECONDS
        while not _answers(f"{address}/console/login"):
            if process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"the app did not start:\n{(folder / 'app.log').read_text()[-4000:]}")
            time.sleep(0.3)
        yield address
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _answers(address: str) -> bool:
    try:
        return httpx.get(address, timeout=5, trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


@contextmanager
def running_assistant(folder: Path, extra: Mapping[str, str] | None = None) -> Iterator[RunningAssistant]:
    """Start an assistant whose data live in ``folder``; stopped at the end whatever happens."""
    variables = settings_environment(folder, extra)
    environment = {**os.environ, **variables}
    output = folder / "run.log"
    folder.mkdir(parents=True, exist_ok=True)
    settings = Settings.model_validate(
        {name[len("WENZHENG_") :].lower(): _value(one) for name, one in variables.items()}
    )
    with output.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot.cli", "run"], cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT
        )
    assistant = RunningAssistant(process, settings, environment, output)
    try:
        assistant.wait_until_ready()
        yield assistant
    finally:
        assistant.stop()
